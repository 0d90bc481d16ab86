"""What instruments are made of: answers, rules and items."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Operator = Literal[">", ">=", "<", "<="]


class Part(BaseModel):
    """Anything in an instrument's file: nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Option(Part):
    """One labelled answer.

    Attributes
    ----------
    value : int
        What it counts, before any reversing.
    label : str
        What the person reads.
    loinc : str or None
        LOINC answer code, such as ``LA6568-5``.
    """

    value: int
    label: Words
    loinc: str | None = None


class Answer(Part):
    """What may be answered: a range with words at its ends, or labelled values.

    Attributes
    ----------
    from_, to : float
        Ends of the range (``from`` and ``to`` in the file).
    low, high : str
        Words at the ends.
    continuous : bool
        Whether values between whole numbers count, as on a line to be marked.
    options : tuple of Option
        Labelled values, equally spaced, in the order they are shown.
    """

    from_: Number | None = Field(None, alias="from")
    to: Number | None = None
    low: str = ""
    high: str = ""
    continuous: bool = False
    options: tuple[Option, ...] = ()

    @property
    def lowest(self) -> float:
        """The smallest answer."""
        return min((option.value for option in self.options), default=self.from_ or 0)

    @property
    def highest(self) -> float:
        """The largest answer."""
        return max((option.value for option in self.options), default=self.to or 0)

    @property
    def step(self) -> float | None:
        """Distance between neighbouring answers; None where every number counts."""
        if self.continuous:
            return None
        values = sorted(option.value for option in self.options)
        return float(values[1] - values[0]) if len(values) > 1 else 1.0

    def allows(self, value: float) -> bool:
        """Say whether this can be answered: within the range, and not between two answers."""
        if not self.lowest <= value <= self.highest:
            return False
        return self.step is None or ((value - self.lowest) / self.step).is_integer()


class Rule(Part):
    """A comparison of one item's answer with a value."""

    item: Name
    operator: Operator
    value: Number


class Safety(Rule):
    """An answer that must reach a person, and what it means."""

    meaning: Words


class Item(Part):
    """One question.

    Attributes
    ----------
    id : str
        As in the column ``item`` of the responses.
    text : str or None
        The wording; None where a licence holder is to add it.
    help : str
        What the person may want to know beside the question, and what to do.
    name : str
        A word or two for tables and charts, never the item's own wording.
    answer : Answer or None
        Where it differs from the instrument's.
    reversed : bool
        Whether it counts the other way round, lowest plus highest less the answer.
    scales : tuple of str or None
        The scales it counts for; None stands for the only scale there is.
    asked_if : Rule or None
        Asked only where another item was answered so.
    loinc : str or None
        LOINC code.
    """

    id: Name
    text: Words | None = None
    help: str = ""
    name: str = ""
    answer: Answer | None = None
    reversed: bool = False
    scales: tuple[Name, ...] | None = None
    asked_if: Rule | None = None
    loinc: str | None = None
