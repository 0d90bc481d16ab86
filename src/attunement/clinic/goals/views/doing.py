"""What a form of the goals page asks to be done, read and handed to the action that does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from attunement.clinic.goals.actions import agreeing, pairing, setting_aside, working, writing
from attunement.clinic.goals.actions.writing import Wish
from attunement.clinic.goals.models import MOST_WRITTEN, Conflict, Goal, Step
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.people.problems import Refused
from attunement.goals.attainment import LEVELS


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was sent, by whom, about which episode, and which goals this browser wrote."""

    episode: Episode
    sent: QueryDict
    by: Actor
    wrote: frozenset[str] = frozenset()

    def uuid(self, name: str) -> UUID:
        """Read an id, or answer as if there were nothing."""
        found = self.maybe(name)
        if found is None:
            raise Http404
        return found

    def maybe(self, name: str) -> UUID | None:
        """Read an id that may be left out."""
        try:
            return UUID(self.sent.get(name, ""))
        except ValueError:
            return None

    def number(self, name: str) -> int:
        """Read a whole number."""
        try:
            return int(self.sent.get(name, ""))
        except ValueError:
            raise Refused(_("Choose a number first.")) from None

    def goal(self, name: str = "goal") -> Goal:
        """Give a goal of this episode, or answer as if there were none."""
        found = Goal.objects.filter(pk=self.uuid(name), episode=self.episode).first()
        if found is None:
            raise Http404
        return found

    @property
    def wish(self) -> Wish:
        """Read one goal."""
        return Wish(text=self.sent.get("text", ""), purpose=self.sent.get("purpose", ""))

    @property
    def wishes(self) -> list[Wish]:
        """Read a list of goals in the order in which they are wanted."""
        found = [
            Wish(text=self.sent.get(f"text-{i}", ""), purpose=self.sent.get(f"purpose-{i}", ""))
            for i in range(MOST_WRITTEN)
        ]
        up = self.sent.get("up", "")
        if up.isdigit() and 0 < int(up) < MOST_WRITTEN:
            place = int(up)
            found[place - 1], found[place] = found[place], found[place - 1]
        return [wish for wish in found if wish.text.strip()]


def write(asked: Asked) -> str:
    """Keep a list."""
    writing.write(episode=asked.episode, wishes=asked.wishes, by=asked.by, wrote=asked.wrote)
    return _("Your list is kept. Nobody else sees it yet.")


def write_and_look(asked: Asked) -> str:
    """Keep a list, and be ready to look. An empty form leaves the list as it is."""
    wrote = asked.wrote
    if asked.wishes:
        now = writing.write(episode=asked.episode, wishes=asked.wishes, by=asked.by, wrote=wrote)
        written = now.written
        wrote = frozenset(str(pk) for pk in written.values_list("pk", flat=True))
    made = writing.ready(episode=asked.episode, by=asked.by, wrote=wrote)
    if made.is_open:
        return _("You are both ready. Here is what each of you wrote.")
    return _("Your list is kept. You both see it once you are both ready.")


def put_back(asked: Asked) -> str:
    """Put one's own earlier list back."""
    setting_aside.put_back(episode=asked.episode, by=asked.by, wrote=asked.wrote)
    return _("Your list is there again. Nobody else sees it yet.")


def write_on(asked: Asked) -> str:
    """Go on writing."""
    writing.write_on(episode=asked.episode, by=asked.by, wrote=asked.wrote)
    return _("You can go on writing.")


def look_anew(asked: Asked) -> str:
    """Begin anew."""
    writing.look_anew(episode=asked.episode, by=asked.by)
    return _("You can both write anew. Your last list is there to begin with.")


def go_back(asked: Asked) -> str:
    """Go back to the last lists."""
    writing.go_back(episode=asked.episode, by=asked.by, wrote=asked.wrote)
    return _("Here are your last lists again.")


def pair(asked: Asked) -> str:
    """Put two goals together."""
    pairing.pair(
        episode=asked.episode,
        client_goal=asked.uuid("client_goal"),
        therapist_goal=asked.uuid("therapist_goal"),
        by=asked.by,
    )
    return _("These two belong together now.")


def take_apart(asked: Asked) -> str:
    """Take two goals apart."""
    pairing.take_apart(episode=asked.episode, client_goal=asked.uuid("client_goal"), by=asked.by)
    return _("These two are taken apart.")


def propose(asked: Asked) -> str:
    """Propose a goal."""
    agreeing.propose(
        episode=asked.episode,
        wish=asked.wish,
        client_goal=asked.maybe("client_goal"),
        therapist_goal=asked.maybe("therapist_goal"),
        key=asked.maybe("key"),
        by=asked.by,
    )
    return _("Your words are kept. They count once you both say yes.")


def reword(asked: Asked) -> str:
    """Word a goal differently."""
    agreeing.reword(goal=asked.goal(), wish=asked.wish, by=asked.by)
    return _("Your words are kept. They count once you both say yes.")


def accept(asked: Asked) -> str:
    """Say yes."""
    together = asked.sent.get("together") == "yes"
    agreeing.accept(goal=asked.goal(), together=together, by=asked.by)
    return _("This is a goal that you share now.")


def see_differently(asked: Asked) -> str:
    """Say that one has not agreed."""
    agreeing.see_differently(goal=asked.goal(), by=asked.by)
    return _("It is a proposal again. You can put it in your own words.")


def settle(asked: Asked) -> str:
    """Say that a goal is reached, put aside or taken up again."""
    agreeing.settle(goal=asked.goal(), to=asked.sent.get("to", ""), by=asked.by)
    return _("Kept. You can change this at any time.")


def add_step(asked: Asked) -> str:
    """Add a step."""
    text = asked.sent.get("text", "")
    working.add_step(goal=asked.goal(), text=text, key=asked.maybe("key"), by=asked.by)
    return _("The step is kept.")


def tick(asked: Asked) -> str:
    """Tick a step, or take the tick away."""
    goal = asked.goal()
    step = Step.objects.filter(pk=asked.uuid("step"), goal=goal).first()
    if step is None:
        raise Http404
    working.tick(step=step, done=asked.sent.get("done") == "yes", by=asked.by)
    return _("Kept.")


def rate(asked: Asked) -> str:
    """Say how close one is."""
    working.rate(
        goal=asked.goal(),
        value=asked.number("value"),
        words=asked.sent.get("words", ""),
        by=asked.by,
    )
    return _("Your number is kept.")


def levels(asked: Asked) -> str:
    """Write down the levels of a goal."""
    texts = {level: asked.sent.get(f"level{level}", "") for level in LEVELS}
    working.set_levels(goal=asked.goal(), texts=texts, weight=asked.number("weight"), by=asked.by)
    return _("The levels are kept.")


def attain(asked: Asked) -> str:
    """Note which level is reached."""
    working.attain(goal=asked.goal(), level=asked.number("level"), by=asked.by)
    return _("The level is kept.")


def mark_conflict(asked: Asked) -> str:
    """Say that two goals get in each other's way."""
    working.mark_conflict(goal=asked.goal(), other=asked.goal("other"), by=asked.by)
    return _("Kept: these two get in each other's way.")


def unmark_conflict(asked: Asked) -> str:
    """Say that they do not."""
    mark = asked.number("conflict")
    found = Conflict.objects.filter(pk=mark, first__episode=asked.episode).first()
    if found is None:
        raise Http404
    working.unmark_conflict(conflict=found, by=asked.by)
    return _("Kept: these two do not get in each other's way.")


DOINGS: Mapping[str, Callable[[Asked], str]] = {
    "write": write,
    "look": write_and_look,
    "put-back": put_back,
    "write-on": write_on,
    "look-anew": look_anew,
    "go-back": go_back,
    "pair": pair,
    "take-apart": take_apart,
    "propose": propose,
    "reword": reword,
    "accept": accept,
    "see-differently": see_differently,
    "settle": settle,
    "add-step": add_step,
    "tick": tick,
    "rate": rate,
    "levels": levels,
    "attain": attain,
    "mark-conflict": mark_conflict,
    "unmark-conflict": unmark_conflict,
}


def do(asked: Asked) -> str:
    """Do what was asked for; give the sentence that tells so."""
    name = asked.sent.get("do", "")
    if asked.sent.get("up"):
        name = "write"
    if name not in DOINGS:
        raise Http404
    return DOINGS[name](asked)
