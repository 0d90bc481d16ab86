"""What must be true of an instrument's translations."""

from collections.abc import Iterable, Iterator

from attunement.measures.instruments.model import Instrument
from attunement.measures.instruments.parts import Answer
from attunement.measures.instruments.scale_checks import Found
from attunement.measures.instruments.translations import ItemWords, Translation


def translation_mistakes(instrument: Instrument) -> Found:
    """Find what a translation leaves out, or says of what is not there."""
    for language, words in instrument.translations.items():
        field = f"translations, {language}"
        if language == instrument.language:
            yield (
                f"{language} is the language of the instrument itself",
                "remove this translation, or mend `language`",
                field,
            )
        if instrument.wording == "to-be-added":
            yield (
                "there is a translation although the wording is to be added",
                'remove it, or write wording = "included" and the texts',
                field,
            )
        yield from _same(instrument.items_by_id(), words.items, f"{field}, items")
        yield from _same(instrument.scales, words.scales, f"{field}, scales", all_=False)
        yield from _words(instrument, words, field)


def _same(there: Iterable[str], said: Iterable[str], field: str, *, all_: bool = True) -> Found:
    for id_ in sorted(set(said) - set(there)):
        yield f"there is no {id_} to translate", "check its id", field
    if all_:
        for id_ in sorted(set(there) - set(said)):
            yield f"{id_} is not translated", "translate every item, or none", field


def _words(instrument: Instrument, words: Translation, field: str) -> Found:
    if bool(instrument.instruction) != bool(words.instruction):
        yield from _missing("the instruction", field)
    yield from _ends(instrument.answer, words, field)
    for id_, item in instrument.items_by_id().items():
        if said := words.items.get(id_):
            place = f'{field}, items "{id_}"'
            for name in ("help", "name"):
                if bool(getattr(item, name)) != bool(getattr(said, name)):
                    yield from _missing(name, place)
            yield from _ends(item.answer, said, place)


def _ends(answer: Answer | None, words: Translation | ItemWords, field: str) -> Found:
    for name in ("low", "high"):
        if bool(answer and getattr(answer, name)) != bool(getattr(words, name)):
            yield from _missing(name, field)
    if len(words.labels) != len(answer.options if answer else ()):
        yield (
            "there are not as many labels as options",
            "write the label of every option, in its order",
            f"{field}, labels",
        )


def _missing(what: str, field: str) -> Iterator[tuple[str, str, str]]:
    yield f"{what} stands in one language only", "write it in both, or in neither", field
