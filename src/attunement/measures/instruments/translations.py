"""The words of an instrument in other languages, beside its own."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints

from attunement.measures.instruments.parts import Answer, Item, Name, Part, Words

if TYPE_CHECKING:
    from attunement.measures.instruments.model import Instrument

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class ItemWords(Part):
    """One question in another language.

    Attributes
    ----------
    text, help, name : str
        As in the item.
    low, high : str
        Words at the ends, where the item has its own.
    labels : tuple of str
        Its options, in their order, where the item has its own.
    """

    text: Words
    help: str = ""
    name: str = ""
    low: str = ""
    high: str = ""
    labels: tuple[Words, ...] = ()


class Translation(Part):
    """An instrument in another language.

    Attributes
    ----------
    source : str
        Who translated it.
    title, instruction : str
        As in the instrument.
    low, high : str
        Words at the ends of its range.
    labels : tuple of str
        Its options, in their order.
    items : dict
        The questions by id.
    scales : dict of str
        Titles of the scales by id.
    """

    source: Words
    title: Words
    instruction: str = ""
    low: str = ""
    high: str = ""
    labels: tuple[Words, ...] = ()
    items: dict[Name, ItemWords]
    scales: dict[Name, Words] = Field(default_factory=dict)


def translated(instrument: "Instrument", words: Translation) -> "Instrument":
    """Put an instrument into other words; everything that a score depends on stays."""
    return instrument.model_copy(
        update={
            "title": words.title,
            "instruction": words.instruction,
            "answer": _answer(instrument.answer, words),
            "items": tuple(_item(item, words.items[item.id]) for item in instrument.items),
            "scales": {
                id_: scale.model_copy(update={"title": words.scales.get(id_, scale.title)})
                for id_, scale in instrument.scales.items()
            },
        }
    )


def _item(item: Item, words: ItemWords) -> Item:
    said = {"text": words.text, "help": words.help, "name": words.name}
    return item.model_copy(update={**said, "answer": _answer(item.answer, words)})


def _answer(answer: Answer | None, words: Translation | ItemWords) -> Answer | None:
    if answer is None:
        return None
    options = tuple(
        option.model_copy(update={"label": label})
        for option, label in zip(answer.options, words.labels, strict=False)
    )
    return answer.model_copy(update={"low": words.low, "high": words.high, "options": options})
