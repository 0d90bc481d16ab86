"""What was noticed, in plain sentences."""

from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import category

from attunement.charts.layout import number
from attunement.measures.scale import Direction, Scale
from attunement.report.counting import count, one_in
from attunement.report.model import FalseAlarms, Kind, Source

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
Notice = Mapping[str, Any]


class Telling:
    """How to speak of one client and one scale."""

    def __init__(
        self,
        name: str,
        scale: Scale | None = None,
        *,
        relationship: bool = True,
        fewest: int = 3,
        within: int = 3,
        urgent: bool = False,
        bands: Sequence[tuple[float, str]] = (),
    ) -> None:
        self.name, self.relationship, self.urgent = name, relationship, urgent
        self.fewest, self.within, self.bands = fewest, within, bands
        self.scale = scale or Scale(name="", direction=Direction.HIGHER)
        self.whose = f"{name}'s"
        self.subject = subject(self.scale, relationship=relationship)
        higher = self.scale.direction is Direction.HIGHER
        self.worse = "below" if higher else "above"
        self.fell = "fell" if higher else "rose"
        self.slipping = "slipping" if higher else "creeping up"
        self.aside = "" if higher else ", which is worse on this scale"

    def score(self, value: float) -> str:
        """Write a score as it is read on this scale."""
        return number(value, self.scale)

    def level(self, value: float) -> str:
        """Write a score, and the name of its band where it has one: "19, moderately severe"."""
        names = [name for begins, name in self.bands if begins <= value]
        return ", ".join([self.score(value), *names[-1:]])

    def beside(self, value: float, usual: float) -> str:
        """Write a score beside the usual one."""
        return f"{self.level(value)}{';' if self.bands else ','} usually about {self.score(usual)}"

    def within_range(self, value: float) -> float:
        """Cut a limit off at the ends of the scale."""
        low, high = self.scale.low, self.scale.high
        return min(max(value, value if low is None else low), value if high is None else high)

    @property
    def opening(self) -> str:
        """The subject at the start of a sentence."""
        return opened(self.subject)


def subject(scale: Scale, *, relationship: bool) -> str:
    """Name what a scale measures, in the middle of a sentence."""
    title = plain(scale.title or scale.name)
    if not relationship and scale.title in {"", scale.name}:
        return f"the score on {title}"
    if not relationship:
        return title if title[1:2].isupper() else title[:1].lower() + title[1:]
    if not title or title.lower() in {"working relationship", "alliance"}:
        return "the working relationship"
    return f"the working relationship ({title})"


def client_name(client: str) -> str:
    """Call a client by name, or by number where the name is one."""
    return f"Client {client}" if client.replace(".", "").isdigit() else plain(client)


def opened(text: str) -> str:
    """Begin a sentence: ``client-08`` is written *Client-08* there."""
    return text[:1].upper() + text[1:]


def plain(text: str) -> str:
    """Leave out characters that show nothing and could turn the text around them."""
    return "".join(letter for letter in text if category(letter) not in UNSEEN)


def chance(kind: Kind, alarms: FalseAlarms | None) -> str:
    """Say how many clients like these show this by chance; nothing where it is not known."""
    if alarms is None:
        return ""
    share = {
        Kind.RUPTURE_OPEN: alarms.review,
        Kind.RUPTURE_UNREPAIRED: alarms.review,
        Kind.REVIEW: alarms.review,
        Kind.WATCH: alarms.watch,
        Kind.DRIFT: alarms.drift,
    }.get(kind)
    if share is None:
        return ""
    words = one_in(share)
    verb = "show" if "clients" in words else "shows"
    what = "drift" if kind is Kind.DRIFT else "change"
    least = ", at least" if share > 0 else ""
    return f"{opened(words)} {verb} such a {what} by chance alone{least}."


def act(telling: Telling) -> str:
    """Say what an answer that must reach a person asks of the reader."""
    return f"Please speak with {telling.name}, or with whoever is on call, before anything else."


def source_of(kind: Kind, *, relationship: bool) -> Source:
    """Say where strain of this kind shows."""
    fixed = {
        Kind.SAFETY: Source.SAFETY,
        Kind.SAFETY_EASED: Source.SAFETY,
        Kind.SAFETY_PAST: Source.SAFETY,
        Kind.TENSION: Source.TOLD,
        Kind.STRONG_TENSION: Source.TOLD,
        Kind.TENSION_SETTLED: Source.TOLD,
        Kind.GAP: Source.GAP,
        Kind.UNANSWERED: Source.ANSWERS,
        Kind.MISSED: Source.ANSWERS,
    }
    return fixed.get(kind, Source.RELATIONSHIP if relationship else Source.SYMPTOMS)


def sentence(notice: Notice, telling: Telling) -> str:
    """Say one thing that was noticed, in one sentence."""
    return opened(SENTENCES[Kind(notice["kind"])](notice, telling))


def headline(notice: Notice, telling: Telling) -> str:
    """Say it in a few words, for a chart's title and for "also"."""
    return HEADLINES[Kind(notice["kind"])].format(
        opening=telling.opening,
        subject=telling.subject,
        worse=telling.worse,
        fell=telling.fell,
        slipping=telling.slipping,
        session=notice["session"],
        until=notice["until"],
        count=count(notice["count"] or 0),
        who="therapist" if notice["rater"] == "therapist" else "client",
        settled="not settled" if notice["settled"] is False else "not known to be settled",
        apart=_apart(notice, telling),
        usual=BESIDE_SAFETY if telling.urgent else "as usual",
    )


BESIDE_SAFETY = "the newest score does not stand out; see the safety answer"
EASED = "an answer after session {session} needed a person; the newest one no longer does"
HEADLINES = {
    Kind.SAFETY: "an answer after session {session} needs a person today",
    Kind.RUPTURE_OPEN: "clearly {worse} usual after session {session}",
    Kind.TENSION: "{who} said there was tension after session {session}, {settled}",
    Kind.RUPTURE_UNREPAIRED: "{fell} after session {session}, not back yet",
    Kind.REVIEW: "clearly {worse} usual after session {session}",
    Kind.OFF_TRACK: "outside the expected course",
    Kind.MISSED: "missed the last {count} appointments",
    Kind.UNANSWERED: "no answer to the last {count} check-ins",
    Kind.SAFETY_EASED: EASED,
    Kind.DRIFT: "{slipping} over several sessions",
    Kind.GAP: "{apart}",
    Kind.STRONG_TENSION: "{who} said there was strong tension after session {session}, settled",
    Kind.WATCH: "somewhat {worse} usual after session {session}",
    Kind.LASTING: "still {worse} where it was before session {session}",
    Kind.CEILING: "the last {count} answers all at the best score",
    Kind.REPAIRED: "{fell} after session {session}, back to usual after session {until}",
    Kind.TENSION_SETTLED: "{who} said there was tension after session {session}, settled",
    Kind.RETURNED: "{fell} after session {session}, back since",
    Kind.SAFETY_PAST: EASED,
    Kind.PAST: "{fell} after session {session}",
    Kind.USUAL: "{usual}",
    Kind.EARLY: "too early to say",
}


def _fallen(n: Notice, t: Telling) -> str:
    return f"clearly {t.worse} {t.whose} usual ({t.beside(n['score'], n['usual'])}){t.aside}"


def _open(n: Notice, t: Telling) -> str:
    text = f"After session {n['session']}, {t.subject} was {_fallen(n, t)}"
    if n["now"] is None or n["ago"] == 0:
        return f"{text}."
    return f"{text}, and it is not back yet (now {t.score(n['now'])})."


def _unrepaired(n: Notice, t: Telling) -> str:
    return (
        f"After session {n['session']}, {t.subject} was {_fallen(n, t)}, and it did not come "
        f"back within {count(t.within)} sessions (now {t.score(n['now'])})."
    )


def _tension(n: Notice, t: Telling) -> str:
    who = t.name if n["rater"] != "therapist" else "The therapist"
    strength = "" if n["score"] is None else f" ({t.score(n['score'])} of 10)"
    said = f"{who} said after session {n['session']} that there was tension{strength}"
    if n["settled"] is None:
        return f"{said}; whether it was settled was not said."
    if not n["settled"]:
        return f"{said}, and that it was not settled."
    if n["until"] == n["session"]:
        return f"{said}, and that it was settled."
    return f"{said}; it was settled after session {n['until']}."


def _off_track(n: Notice, t: Telling) -> str:
    side = "lower" if t.scale.direction is Direction.HIGHER else "higher"
    return (
        f"{t.opening} has been {side} than expected two sessions running: "
        f"{t.level(n['score'])} after session {n['session']}, "
        f"expected between {t.score(n['low'])} and {t.score(n['high'])}{t.aside}."
    )


def _unanswered(n: Notice, t: Telling) -> str:
    if n["until"] is None:
        return f"{t.name} has answered none of the {count(n['count'])} check-ins so far."
    return (
        f"{t.name} has not answered the last {count(n['count'])} check-ins; "
        f"the newest answer is from session {n['until']}."
    )


def _missed(n: Notice, t: Telling) -> str:
    return f"{t.name} did not come to the last {count(n['count'])} appointments."


def _drift(n: Notice, t: Telling) -> str:
    return (
        f"{t.opening} has been {t.slipping} over several sessions{t.aside}: no single score need "
        f"stand out, but together they do (now {t.score(n['now'])}, usually about "
        f"{t.score(n['usual'])})."
    )


def _side(gap: float, t: Telling) -> str:
    if t.score(abs(gap)) == t.score(0):
        return "the same"
    return "lower" if gap < 0 else "higher"


def _apart(n: Notice, t: Telling) -> str:
    if n["kind"] != Kind.GAP:
        return ""
    now, usual = n["now"] - n["score"], n["usual"]
    side, before = _side(now, t), _side(usual, t)
    if side != before:
        return f"therapist usually rates {before}, now {side}"
    degree = "more" if abs(now) > abs(usual) else "less"
    return f"therapist rates {side} than client, {degree} so than usual"


def _gap(n: Notice, t: Telling) -> str:
    now, usual = n["now"] - n["score"], n["usual"]
    side, before = _side(now, t), _side(usual, t)
    this_time = side if side == "the same" else f"{t.score(abs(now))} {side}"
    usually = (
        f"Usually the two rate about the same; this time the therapist {this_time}."
        if before == "the same"
        else f"Usually the therapist rates about {t.score(abs(usual))} {before} than {t.name}; "
        f"this time {this_time}."
    )
    return (
        f"After session {n['session']}, {t.name} put {t.subject} at {t.score(n['score'])} and the "
        f"therapist at {t.score(n['now'])}. {usually}"
    )


def _watch(n: Notice, t: Telling) -> str:
    return (
        f"After session {n['session']}, {t.subject} was somewhat {t.worse} {t.whose} usual "
        f"({t.beside(n['score'], n['usual'])}){t.aside}: worth asking about."
    )


def _lasting(n: Notice, t: Telling) -> str:
    return (
        f"{t.opening} {t.fell} after session {n['session']} and has stayed {t.worse} where it was "
        f"(now {t.score(n['now'])}, before it about {t.score(n['usual'])}){t.aside}."
    )


def _ceiling(n: Notice, t: Telling) -> str:
    return (
        f"The last {count(n['count'])} answers about {t.subject} were all the best possible; that "
        "can mean that all is well, or that it is hard to say what is not."
    )


def _repaired(n: Notice, t: Telling) -> str:
    return (
        f"{t.opening} {t.fell} after session {n['session']} ({t.score(n['score'])}, usually about "
        f"{t.score(n['usual'])}) and was back to {t.whose} usual after session {n['until']}."
    )


def _past(n: Notice, t: Telling) -> str:
    if n["until"] is not None:
        return _repaired(n, t)
    return (
        f"{t.opening} {t.fell} after session {n['session']} ({t.score(n['score'])}, usually about "
        f"{t.score(n['usual'])}) and came back later."
    )


def _usual(n: Notice, t: Telling) -> str:
    low, high = t.within_range(n["low"]), t.within_range(n["high"])
    usually = f"usually between {t.score(low)} and {t.score(high)}"
    if t.urgent:
        return f"{t.opening} after session {n['session']}: {t.level(n['score'])}; {usually}."
    start = f"After session {n['session']}, {t.subject} was"
    if low <= n["score"] <= high:
        return f"{start} as usual for {t.name} ({t.level(n['score'])}; {usually})."
    better = "above" if t.worse == "below" else "below"
    return f"{start} {better} {t.whose} usual, which is better ({t.level(n['score'])}; {usually})."


def _early(n: Notice, t: Telling) -> str:
    scored = n["count"] or 0
    few = {0: "there is no score yet", 1: "the newest has none"}
    there = few.get(scored, f"the newest has {count(scored - 1)}")
    return (
        f"{count(t.fewest).capitalize()} earlier scores are needed before a new one can be "
        f"compared with {t.whose} usual; {there}."
    )


def _answered(n: Notice, t: Telling) -> str:
    return (
        f"After session {n['session']}, {t.name} answered {n['answer']} to {n['question']}: "
        f"{plain(str(n['meaning'])).rstrip('.')}"
    )


def _safety(n: Notice, t: Telling) -> str:
    return f"{_answered(n, t)}."


def _eased(n: Notice, t: Telling) -> str:
    return (
        f"{_answered(n, t)}. The next answer to it, after session {n['until']}, was no longer one "
        "that must reach a person."
    )


SENTENCES = {
    Kind.SAFETY: _safety,
    Kind.RUPTURE_OPEN: _open,
    Kind.TENSION: _tension,
    Kind.RUPTURE_UNREPAIRED: _unrepaired,
    Kind.REVIEW: _open,
    Kind.OFF_TRACK: _off_track,
    Kind.MISSED: _missed,
    Kind.UNANSWERED: _unanswered,
    Kind.SAFETY_EASED: _eased,
    Kind.DRIFT: _drift,
    Kind.GAP: _gap,
    Kind.STRONG_TENSION: _tension,
    Kind.WATCH: _watch,
    Kind.LASTING: _lasting,
    Kind.CEILING: _ceiling,
    Kind.REPAIRED: _repaired,
    Kind.TENSION_SETTLED: _tension,
    Kind.RETURNED: _past,
    Kind.SAFETY_PAST: _eased,
    Kind.PAST: _past,
    Kind.USUAL: _usual,
    Kind.EARLY: _early,
}
