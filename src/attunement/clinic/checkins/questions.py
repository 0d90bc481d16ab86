"""A check-in's form as data: one question after another, and what was answered. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite

from attunement.clinic.noticing.given import Given
from attunement.measures import Instrument
from attunement.measures.instruments.model import Answer, Item, Operator, Rule

BUTTONS = 11
"""Up to so many answers are shown as buttons where there is no slider."""
AUDIENCES = ("therapist", "later", "service", "self")


@dataclass(frozen=True)
class Question:
    """One item on the form."""

    form: Instrument
    item: Item
    number: int
    first: bool

    @property
    def name(self) -> str:
        """Its field."""
        return f"answer:{self.form.id}:{self.item.id}"

    @property
    def audience_name(self) -> str:
        """The field that says who may see it."""
        return f"audience:{self.form.id}:{self.item.id}"

    @property
    def place(self) -> str:
        """Its name in the page."""
        return f"q-{self.form.id}-{self.item.id}"

    @cached_property
    def answer(self) -> Answer:
        """What may be answered."""
        return self.form.answer_of(self.item)

    @property
    def slides(self) -> bool:
        """Whether it is answered on a line."""
        return not self.answer.options

    @property
    def values(self) -> Sequence[float]:
        """All its answers, where they are few enough to be shown as buttons."""
        step = self.answer.step
        if not self.slides or step is None:
            return ()
        count = int((self.answer.highest - self.answer.lowest) / step) + 1
        if count > BUTTONS:
            return ()
        return [int(self.answer.lowest + step * place) for place in range(count)]

    @property
    def middle(self) -> float:
        """Where a slider stands before it is touched."""
        middle = (self.answer.lowest + self.answer.highest) / 2
        return middle if self.answer.continuous else round(middle)

    @property
    def safety(self) -> bool:
        """Whether an answer to it may have to reach a person."""
        return any(rule.item == self.item.id for rule in self.form.safety)

    @property
    def asked_if(self) -> str:
        """The field on which it depends, if any."""
        rule = self.item.asked_if
        return f"answer:{self.form.id}:{rule.item}" if rule else ""


@dataclass(frozen=True)
class Read:
    """What a form said: the answers, and the fields that hold no possible answer."""

    given: tuple[Given, ...] = ()
    wrong: Mapping[str, Question] = field(default_factory=dict)


def questions(forms: Iterable[Instrument]) -> list[Question]:
    """Give all questions in order, numbered from 1."""
    asked = [(form, item, item is form.items[0]) for form in forms for item in form.items]
    return [Question(*one[:2], number, one[2]) for number, one in enumerate(asked, 1)]


def read(asked: Iterable[Question], said: Mapping[str, str]) -> Read:
    """Read the answers from the fields of a form.

    An empty or absent field is no answer. An answer to a question that does not arise (see
    ``asked_if``) is not kept. What is no possible answer is told, never mended.
    """
    given: dict[str, Given] = {}
    wrong: dict[str, Question] = {}
    for question in asked:
        text = said.get(question.name, "").strip()
        if not text or not arises(question, given):
            continue
        value = number(text)
        if value is None or not question.answer.allows(value):
            wrong[question.name] = question
            continue
        given[question.name] = Given(
            instrument=question.form.id,
            item=question.item.id,
            value=value,
            audience=audience(question, said),
        )
    return Read(tuple(given.values()), wrong)


def arises(question: Question, given: Mapping[str, Given]) -> bool:
    """Say whether the answers so far give reason to ask it."""
    rule = question.item.asked_if
    if rule is None:
        return True
    before = given.get(question.asked_if)
    return before is not None and met(rule, before.value)


def met(rule: Rule, value: float) -> bool:
    """Say whether an answer meets a rule."""
    results: dict[Operator, bool] = {
        ">": value > rule.value,
        ">=": value >= rule.value,
        "<": value < rule.value,
        "<=": value <= rule.value,
    }
    return results[rule.operator]


def number(text: str) -> float | None:
    """Read a number as people write it, or None."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if isfinite(value) else None


def audience(question: Question, said: Mapping[str, str]) -> str:
    """Read who may see an answer; the therapist where it cannot be chosen or was not."""
    chosen = said.get(question.audience_name, "")
    free = question.form.chosen_audience and not question.safety
    return chosen if free and chosen in AUDIENCES else "therapist"
