"""What an instrument is: data that says what is asked and what an answer is worth."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from attunement.measures.instruments.licences import LICENCES
from attunement.measures.scale import Direction, Scale

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Operator = Literal[">", ">=", "<", "<="]


class Part(BaseModel):
    """Anything in an instrument's file: nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Rater(StrEnum):
    """Who answers."""

    CLIENT = "client"
    THERAPIST = "therapist"


class Standing(StrEnum):
    """How a figure came into the file."""

    READ = "read in the source"
    ELSEWHERE = "read in another source"
    MEMORY = "from memory, to be checked"
    COMPUTED = "computed"
    OWN_DATA = "our own data"
    OWN_CHOICE = "our own choice"


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


class Sourced(Part):
    """Anything that rests on a source.

    Attributes
    ----------
    source : str
        Where it was published.
    standing : Standing
        How sure we are that the source says so.
    read_in : str
        What was read instead, where the source itself was not.
    """

    source: Words
    standing: Standing
    read_in: str = ""


class Figure(Sourced):
    """A number that someone found, with where it stands and how it came into the file.

    Attributes
    ----------
    value : float or pair of floats
        The figure, or the range that was reported.
    about : str
        Kind, population or conditions, such as "alpha, outpatients".
    """

    value: Number | tuple[Number, Number]
    about: str = ""


class Cutoff(Figure):
    """Where a scale is divided in two; ``meaning`` is said of scores on the operator's side."""

    value: Number
    operator: Operator
    meaning: Words


class Band(Part):
    """A stretch of the scale and its name, both ends included."""

    from_: Number = Field(alias="from")
    to: Number
    label: Words


class Bands(Sourced):
    """Named stretches of a scale from its lowest to its highest score."""

    steps: tuple[Band, ...] = Field(min_length=2)


class ReliableChange(Figure):
    """The smallest change, in scale units, that is more than the instrument's own noise."""

    value: Number
    confidence: Annotated[float, Field(gt=0, lt=1)] | None = None


class Prorate(Sourced):
    """Who says that a score may be made from fewer than all answers."""


class ScoredScale(Part):
    """How items become a score, and what is known about that score.

    Attributes
    ----------
    title : str
        For people.
    direction
        ``neither-is-better`` for preferences, which no room above judges.
    scoring
        Sum or mean of the items, after reversing.
    multiplier : float
        Applied to that sum or mean: 4 for WHO-5, 10 for CORE.
    range : pair of floats
        Lowest and highest score.
    fewest_answered : int or None
        How many of the items must be answered; all where None.
    prorate : Prorate or None
        Needed where fewer than all will do.
    loinc : str or None
        LOINC code of the score.
    standing : Standing or None
        How sure we are of the scoring key, where that needs saying.
    read_in : str
        Where the key was read, if not in the instrument's source.
    told : bool
        Whether people say outright with it that there is strain.
    """

    title: Words
    direction: Literal["higher-is-better", "lower-is-better", "neither-is-better"]
    scoring: Literal["sum", "mean"]
    range: tuple[Number, Number]
    multiplier: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    fewest_answered: Annotated[int, Field(ge=1)] | None = None
    prorate: Prorate | None = None
    loinc: str | None = None
    standing: Standing | None = None
    read_in: str = ""
    told: bool = False
    cutoffs: tuple[Cutoff, ...] = ()
    bands: Bands | None = None
    reliability: tuple[Figure, ...] = ()
    sd: tuple[Figure, ...] = ()
    reliable_change: tuple[ReliableChange, ...] = ()


class Instrument(Part):
    """One instrument, as its file says.

    Attributes
    ----------
    id, title : str
        For tables, and for people.
    aliases : tuple of str
        Other names it is found by.
    measures, for_whom : str
        What it measures, and in whom.
    rater : Rater
        Who answers.
    licence, owner, permission : str
        A name from :data:`attunement.measures.instruments.licences.LICENCES`; whose it is; and, for
        ``permission-held``, who allowed what and when.
    wording
        Whether the items' words are in the file.
    source, standing : str
        Where it was published, and how far it may be trusted.
    notes : str
        What a user should know, such as what was left out and why.
    instruction : str
        What is said before the items.
    answer : Answer or None
        What may be answered, where an item does not say otherwise.
    items, scales, safety
        The questions in order; the scales by id; the answers that must reach a person.
    loinc : str or None
        LOINC code of the whole panel.
    """

    id: Name
    title: Words
    aliases: tuple[Words, ...] = ()
    measures: Words
    for_whom: Words
    rater: Rater
    licence: Words
    owner: str = ""
    permission: str = ""
    wording: Literal["included", "to-be-added"] = "included"
    source: Words
    standing: Words
    notes: str = ""
    loinc: str | None = None
    instruction: str = ""
    answer: Answer | None = None
    items: tuple[Item, ...] = Field(min_length=1)
    scales: dict[Name, ScoredScale] = Field(min_length=1)
    safety: tuple[Safety, ...] = ()

    def answer_of(self, item: Item) -> Answer:
        """Return what may be answered to an item."""
        return item.answer or self.answer or Answer.model_validate({"from": 0, "to": 0})

    def scales_of(self, item: Item) -> tuple[str, ...]:
        """Ids of the scales an item counts for."""
        return tuple(self.scales)[:1] if item.scales is None else item.scales

    def items_of(self, scale: str) -> tuple[Item, ...]:
        """Return the items that count for a scale, in order."""
        return tuple(item for item in self.items if scale in self.scales_of(item))

    def full_name(self, scale: str) -> str:
        """Name of a scale in tables of scores: ``phq9``, or ``wai-sr.bond`` among several."""
        return self.id if len(self.scales) == 1 else f"{self.id}.{scale}"

    def scales_by_name(self) -> dict[str, Scale]:
        """Scales as the rooms above know them, by full name; preferences are left out."""
        return {
            self.full_name(id_): Scale(
                name=self.full_name(id_),
                direction=Direction(scale.direction),
                low=scale.range[0],
                high=scale.range[1],
                title=scale.title,
                told=scale.told,
            )
            for id_, scale in self.scales.items()
            if scale.direction != "neither-is-better"
        }

    def how_to_add_wording(self) -> str:
        """Tell a licence holder how the words come in; empty where they are there."""
        if self.wording == "included":
            return ""
        return (
            f"The wording of {self.title} is not in this program "
            f"({LICENCES[self.licence].meaning}{'; ' + self.owner if self.owner else ''}). "
            f"If you may use it, complete {self.id}.toml with each item's text, "
            'set wording = "included" and either your licence or licence = "permission-held" '
            'with a line permission = "who, when, for what", and run '
            "`attunement instruments add FILE`. Answers collected elsewhere can be scored without."
        )
