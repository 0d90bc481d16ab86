"""What a client sees of their own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attunement.charts import small_line
from attunement.clinic.checkins.instruments import may_choose, worded
from attunement.clinic.checkins.models import Answer, CheckIn, Rater, Session
from attunement.clinic.checkins.planning import EARLY
from attunement.clinic.conf.numbers import in_language
from attunement.clinic.noticing.instruments import scales, title_of
from attunement.clinic.noticing.models import Score
from attunement.clinic.people.models import Client, Episode
from attunement.measures.scale import Direction

NEWEST = 12


@dataclass(frozen=True)
class Point:
    """One score of theirs."""

    number: int
    value: float


@dataclass(frozen=True)
class Line:
    """How one thing went over sessions, in their own answers."""

    title: str
    language: str
    sentence: str
    reading: str
    points: tuple[Point, ...]
    drawing: SafeString
    left_out: str = ""


@dataclass(frozen=True)
class OwnAnswer:
    """One answer in words."""

    answer: Answer
    text: str
    said: str
    language: str
    changeable: bool


def own_lines(episode: Episode, counting: Q) -> list[Line]:
    """Give a line for each scale they have answered, from the scores that may be shown here.

    A score of all answers, also those kept back, comes before one of the others.
    """
    scores = Score.objects.filter(counting, episode=episode, rater=Rater.CLIENT).order_by(
        "number", "private"
    )
    courses: dict[str, dict[int, float]] = {}
    answered: dict[str, set[int]] = {}
    for score in scores:
        answered.setdefault(score.scale, set()).add(score.number)
        if score.value is not None:
            courses.setdefault(score.scale, {})[score.number] = score.value
    kept = [name for name in courses if name in scales() and not scales()[name].told]
    kept.sort(key=lambda name: (not may_choose(name.partition(".")[0]), name))
    return [line(name, courses[name], answered[name]) for name in kept]


def line(name: str, course: dict[int, float], answered: Collection[int] = ()) -> Line:
    """Draw one scale and say the same in a sentence."""
    points = tuple(Point(number, course[number]) for number in sorted(course))[-NEWEST:]
    scale, title = scales()[name], title_of(name)
    span = (scale.high or 0) - (scale.low or 0)
    first, last = shown(points[0].value), shown(points[-1].value)
    if len(points) == 1:
        sentence = _("Your first answers here: %(last)s.") % {"last": last}
    else:
        sentence = _(
            "Over your last %(count)d check-ins, your answers went from %(first)s to %(last)s."
        ) % {
            "count": len(points),
            "first": first,
            "last": last,
        }
    if scale.direction is Direction.HIGHER:
        reading = _("A higher number means that it felt better.")
    else:
        reading = _("A lower number means fewer difficulties.")
    drawing = small_line(
        [point.value for point in points],
        f"{title.text}. {sentence}",
        least=span / 3,
        better=scale.direction,
    )
    thin = sorted(number for number in answered if number not in course)
    left_out = without_score([number for number in thin if number > points[0].number])
    return Line(
        title.text,
        title.language,
        sentence,
        reading,
        points,
        mark_safe(drawing),  # noqa: S308 escaped there
        left_out,
    )


def without_score(sessions: Sequence[int]) -> str:
    """Say which sessions are not on a line, as too little was answered; empty where none is."""
    if not sessions:
        return ""
    return ngettext(
        "Session %(sessions)s has too few answers to make one number. It is not on this line.",
        "Sessions %(sessions)s have too few answers to make one number. They are not on this line.",
        len(sessions),
    ) % {"sessions": ", ".join(map(str, sessions))}


def shown(value: float) -> str:
    """Write a number as people do."""
    return in_language(f"{value:.1f}".removesuffix(".0"))


def own_checkins(client: Client) -> QuerySet[CheckIn]:
    """Give the check-ins that are theirs to answer."""
    return CheckIn.objects.filter(
        session__episode__client=client, rater=Rater.CLIENT
    ).select_related("session__episode__client__site", "session__episode__therapist__person")


def due(client: Client) -> QuerySet[CheckIn]:
    """Give what can be answered now, the most urgent first."""
    now = timezone.now()
    return (
        own_checkins(client)
        .filter(state=CheckIn.State.DUE, due_at__lte=now + EARLY, expires_at__gt=now)
        .order_by("expires_at")
    )


def answered(client: Client) -> QuerySet[CheckIn]:
    """Give what they have answered, the newest first."""
    return own_checkins(client).filter(state=CheckIn.State.ANSWERED).order_by("-answered_at")


def coming(client: Client) -> QuerySet[Session]:
    """Give their next sessions."""
    return (
        Session.objects.filter(
            episode__client=client, status=Session.Status.PLANNED, starts_at__gte=timezone.now()
        )
        .select_related("episode__therapist__person")
        .order_by("starts_at")[:3]
    )


def own_answers(checkin: CheckIn, language: str, seen: Q) -> list[OwnAnswer]:
    """Give answers to a check-in in the order in which they were asked, in words."""
    given = {(one.instrument, one.item): one for one in checkin.answers.filter(seen)}
    found = []
    for form in worded(checkin.instruments, language):
        for item in form.items:
            answer = given.get((form.id, item.id))
            if answer is None:
                continue
            options = {option.value: option.label for option in form.answer_of(item).options}
            said = options.get(int(answer.value)) or _("%(value)s (from %(low)s to %(high)s)") % {
                "value": shown(answer.value),
                "low": shown(form.answer_of(item).lowest),
                "high": shown(form.answer_of(item).highest),
            }
            found.append(
                OwnAnswer(answer, item.text or item.id, said, form.language, form.chosen_audience)
            )
    return found


def shared(client: Client) -> dict[str, int]:
    """Count all their answers by who may see them."""
    answers = Answer.objects.filter(checkin__in=answered(client).order_by().values("pk"))
    return dict(answers.values_list("audience").annotate(count=Count("pk")))
