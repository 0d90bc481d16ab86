"""What was noticed, in plain sentences."""

from collections.abc import Mapping
from typing import Any
from unicodedata import category

from attunement.charts.layout import number
from attunement.measures.scale import Direction, Scale
from attunement.report.model import FalseAlarms, Kind, Source

SMALL = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip
TENS = {
    15: "fifteen", 20: "twenty", 25: "twenty-five", 30: "thirty", 40: "forty", 50: "fifty",
    60: "sixty", 80: "eighty", 100: "a hundred", 150: "a hundred and fifty",
    200: "two hundred", 300: "three hundred", 500: "five hundred", 1000: "a thousand",
}  # fmt: skip
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
    ) -> None:
        self.name, self.relationship = name, relationship
        self.fewest, self.within = fewest, within
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

    def within_range(self, value: float) -> float:
        """Cut a limit off at the ends of the scale."""
        low, high = self.scale.low, self.scale.high
        return min(max(value, value if low is None else low), value if high is None else high)

    @property
    def opening(self) -> str:
        """The subject at the start of a sentence."""
        return self.subject[:1].upper() + self.subject[1:]


def subject(scale: Scale, *, relationship: bool) -> str:
    """Name what a scale measures, in the middle of a sentence."""
    title = plain(scale.title or scale.name)
    if not relationship and not scale.title:
        return f"the score on {title}"
    if not relationship:
        return title if title[1:2].isupper() else title[:1].lower() + title[1:]
    if not title or title.lower() in {"working relationship", "alliance"}:
        return "the working relationship"
    return f"the working relationship ({title})"


def client_name(client: str) -> str:
    """Call a client by name, or by number where the name is one."""
    return f"Client {client}" if client.replace(".", "").isdigit() else plain(client)


def plain(text: str) -> str:
    """Leave out characters that show nothing and could turn the text around them."""
    return "".join(letter for letter in text if category(letter) not in UNSEEN)


def count(value: int) -> str:
    """Write a count as a word up to twelve."""
    return SMALL[value] if 0 <= value < len(SMALL) else str(value)


def one_in(share: float) -> str:
    """Say a share of courses in words: 0.034 is "about one course in thirty"."""
    if share <= 0:
        return "hardly any course"
    if share > 0.4:
        return f"about {count(round(share * 10))} courses in ten"
    wanted = 1 / share
    if wanted < 12.5:
        return f"about one course in {count(round(wanted))}"
    return f"about one course in {TENS[min(TENS, key=lambda size: abs(size / wanted - 1))]}"


def chance(kind: Kind, alarms: FalseAlarms | None) -> str:
    """Say how often a course shows this without any strain; nothing where it is not known."""
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
    return f"{words[:1].upper()}{words[1:]} shows this by chance."


def source_of(kind: Kind, *, relationship: bool) -> Source:
    """Say where strain of this kind shows."""
    fixed = {
        Kind.TENSION: Source.TOLD,
        Kind.TENSION_SETTLED: Source.TOLD,
        Kind.GAP: Source.GAP,
        Kind.UNANSWERED: Source.ANSWERS,
        Kind.MISSED: Source.ANSWERS,
    }
    return fixed.get(kind, Source.RELATIONSHIP if relationship else Source.SYMPTOMS)


def sentence(notice: Notice, telling: Telling) -> str:
    """Say one thing that was noticed, in one sentence."""
    return SENTENCES[Kind(notice["kind"])](notice, telling)


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
    )


HEADLINES = {
    Kind.RUPTURE_OPEN: "clearly {worse} usual after session {session}",
    Kind.TENSION: "{who} said there was tension after session {session}, {settled}",
    Kind.RUPTURE_UNREPAIRED: "{fell} after session {session}, not back yet",
    Kind.REVIEW: "clearly {worse} usual after session {session}",
    Kind.OFF_TRACK: "outside the expected course",
    Kind.MISSED: "missed the last {count} appointments",
    Kind.UNANSWERED: "no answer to the last {count} check-ins",
    Kind.DRIFT: "{slipping} over several sessions",
    Kind.GAP: "seen differently by client and therapist",
    Kind.WATCH: "somewhat {worse} usual after session {session}",
    Kind.LASTING: "still {worse} where it was before session {session}",
    Kind.CEILING: "the last {count} answers all at the best score",
    Kind.REPAIRED: "{fell} after session {session}, back to usual after session {until}",
    Kind.TENSION_SETTLED: "{who} said there was tension after session {session}, settled",
    Kind.RETURNED: "{fell} after session {session}, back since",
    Kind.PAST: "{fell} after session {session}",
    Kind.USUAL: "as usual",
    Kind.EARLY: "too early to say",
}


def _fallen(n: Notice, t: Telling) -> str:
    was = f"{t.score(n['score'])}, usually about {t.score(n['usual'])}"
    return f"clearly {t.worse} {t.whose} usual ({was}){t.aside}"


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
        f"{t.score(n['score'])} after session {n['session']}, "
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


def _gap(n: Notice, t: Telling) -> str:
    return (
        f"After session {n['session']}, {t.name} put {t.subject} at {t.score(n['score'])} and the "
        f"therapist at {t.score(n['now'])}: further apart than is usual for the two."
    )


def _watch(n: Notice, t: Telling) -> str:
    was = f"{t.score(n['score'])}, usually about {t.score(n['usual'])}"
    return (
        f"After session {n['session']}, {t.subject} was somewhat {t.worse} {t.whose} usual "
        f"({was}){t.aside}: worth asking about."
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
    start = f"After session {n['session']}, {t.subject} was"
    if low <= n["score"] <= high:
        return f"{start} as usual for {t.name} ({t.score(n['score'])}; {usually})."
    better = "above" if t.worse == "below" else "below"
    return f"{start} {better} {t.whose} usual, which is better ({t.score(n['score'])}; {usually})."


def _early(n: Notice, t: Telling) -> str:
    so_far = {0: "there is none yet", 1: "there is one so far"}
    there = so_far.get(n["count"], f"there are {count(n['count'])} so far")
    return (
        f"{count(t.fewest).capitalize()} scores are needed before {t.whose} usual can be known; "
        f"{there}."
    )


SENTENCES = {
    Kind.RUPTURE_OPEN: _open,
    Kind.TENSION: _tension,
    Kind.RUPTURE_UNREPAIRED: _unrepaired,
    Kind.REVIEW: _open,
    Kind.OFF_TRACK: _off_track,
    Kind.MISSED: _missed,
    Kind.UNANSWERED: _unanswered,
    Kind.DRIFT: _drift,
    Kind.GAP: _gap,
    Kind.WATCH: _watch,
    Kind.LASTING: _lasting,
    Kind.CEILING: _ceiling,
    Kind.REPAIRED: _repaired,
    Kind.TENSION_SETTLED: _tension,
    Kind.RETURNED: _past,
    Kind.PAST: _past,
    Kind.USUAL: _usual,
    Kind.EARLY: _early,
}
