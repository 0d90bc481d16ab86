"""What an instrument is: data that says what is asked and what an answer is worth."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from attunement.measures.instruments.licences import LICENCES
from attunement.measures.instruments.parts import (
    Answer,
    Item,
    Name,
    Number,
    Operator,
    Option,
    Part,
    Rule,
    Safety,
    Words,
)
from attunement.measures.instruments.translations import Language, Translation, translated
from attunement.measures.scale import Direction, Scale

__all__ = [
    "Answer",
    "Item",
    "Name",
    "Number",
    "Operator",
    "Option",
    "Part",
    "Rule",
    "Safety",
    "Words",
]


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
    language : str
        In which these words are.
    translations : dict
        The same in other languages, by language.
    chosen_audience : bool
        Whether the person chooses for each answer who may see it.
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
    language: Language = "en"
    translations: dict[Language, Translation] = Field(default_factory=dict)
    chosen_audience: bool = False

    def in_language(self, language: str) -> "Instrument":
        """Put it into the words of a language, or leave it in its own where there are none."""
        words = self.translations.get(language) or self.translations.get(language.split("-")[0])
        if words is None:
            return self
        return translated(self, words).model_copy(update={"language": language})

    def items_by_id(self) -> dict[str, Item]:
        """Give the questions by id, in order."""
        return {item.id: item for item in self.items}

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
