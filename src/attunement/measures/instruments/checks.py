"""What must be true of an instrument beyond the shape of its file."""

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import pairwise

from attunement.measures.instruments import loinc
from attunement.measures.instruments.licences import LICENCES, Wording
from attunement.measures.instruments.model import Answer, Instrument, Rule
from attunement.measures.instruments.scale_checks import Found, scale_mistakes, span
from attunement.measures.instruments.translation_checks import translation_mistakes
from attunement.problems import Problem


def mistakes(instrument: Instrument, file: str) -> Iterator[Problem]:
    """Find what contradicts itself in an instrument, or what its licence does not allow.

    Scales and rules are looked at only where the items they rest on are sound.
    """
    words = [found for check in (_licence, _wording, _codes) for found in check(instrument)]
    basis = [found for check in (_items, _membership, _answers) for found in check(instrument)]
    rest = [] if basis else [*scale_mistakes(instrument), *_rules(instrument)]
    rest += [*translation_mistakes(instrument), *_audience(instrument)]
    for what, remedy, field in (*words, *basis, *rest):
        yield Problem(what, remedy, file=file, field=field)


def _licence(instrument: Instrument) -> Found:
    licence = LICENCES.get(instrument.licence)
    texts = [item.id for item in instrument.items if item.text]
    if licence is None:
        yield (
            f"'{instrument.licence}' is not a licence we know",
            f"write one of {', '.join(LICENCES)}",
            "licence",
        )
    elif texts and licence.wording is Wording.NOWHERE:
        yield (
            (
                f"the licence {instrument.licence} does not allow the words of the items "
                f"in the file ({licence.meaning})"
            ),
            'remove every text, or write licence = "permission-held" if the owner allows you',
            "licence",
        )
    if instrument.licence == "permission-held" and not instrument.permission:
        yield (
            "the file does not say who gave permission",
            'add permission = "who, when, for what"',
            "permission",
        )


def _wording(instrument: Instrument) -> Found:
    texts = [item.id for item in instrument.items if item.text]
    if instrument.wording == "to-be-added" and texts:
        yield (
            f"item {texts[0]} has a text although the wording is to be added",
            'write wording = "included", or remove the texts',
            "wording",
        )
    if instrument.wording == "included":
        for item in instrument.items:
            if not item.text:
                yield (
                    "this item has no text",
                    'add text = "..." or write wording = "to-be-added" at the top',
                    f'items "{item.id}"',
                )


def _items(instrument: Instrument) -> Found:
    ids = [item.id for item in instrument.items]
    for id_, times in Counter(ids).items():
        if times > 1:
            yield f"{times} items have the id {id_}", "give each its own", f'items "{id_}"'


def _membership(instrument: Instrument) -> Found:
    for item in instrument.items:
        field = f'items "{item.id}"'
        if item.scales is None and len(instrument.scales) > 1:
            yield (
                "it is not said which scale this item counts for",
                "add scales = [...], empty if it is not scored",
                field,
            )
        for scale in instrument.scales_of(item):
            if scale not in instrument.scales:
                yield (
                    f"there is no scale {scale}",
                    _perhaps(scale, list(instrument.scales)),
                    f"{field}, scales",
                )
        for scale, times in Counter(instrument.scales_of(item)).items():
            if times > 1:
                yield f"the scale {scale} is named twice", "name it once", f"{field}, scales"


def _answers(instrument: Instrument) -> Found:
    if instrument.answer:
        yield from _answer(instrument.answer, "answer")
    for item in instrument.items:
        field = f'items "{item.id}", answer'
        if item.answer:
            yield from _answer(item.answer, field)
        elif not instrument.answer:
            yield (
                "it is not said what may be answered",
                "add answer = { from = ..., to = ... } here or an [answer] for all items",
                field,
            )


def _answer(answer: Answer, field: str) -> Found:
    ranged = answer.from_ is not None or answer.to is not None
    if bool(answer.options) == ranged:
        yield (
            "an answer is either a range or a list of options",
            "write from and to, or options, and not both",
            field,
        )
    elif ranged and (answer.from_ is None or answer.to is None or answer.from_ >= answer.to):
        yield "the range must go from a smaller to a larger number", "mend from and to", field
    elif ranged and not answer.continuous and not _whole(answer):
        yield (
            "the range of whole numbers has an end that is not whole",
            "mend from and to, or write continuous = true",
            field,
        )
    elif answer.options:
        yield from _options(answer, field)


def _whole(answer: Answer) -> bool:
    return all(end is None or end.is_integer() for end in (answer.from_, answer.to))


def _options(answer: Answer, field: str) -> Found:
    values = sorted(option.value for option in answer.options)
    gaps = {after - before for before, after in pairwise(values)}
    if answer.continuous or answer.low or answer.high:
        yield "continuous, low and high belong to a range", "remove them", field
    if len(values) < 2:
        yield "one option is no choice", "write at least two", f"{field}, options"
    elif 0 in gaps:
        yield "two options have the same value", "give each its own", f"{field}, options"
    elif len(gaps) > 1:
        yield (
            "the values of the options are not equally far apart",
            "check them; unequal steps cannot be reversed",
            f"{field}, options",
        )


def _rules(instrument: Instrument) -> Found:
    items = {item.id: item for item in instrument.items}
    rules: list[tuple[str, Rule]] = [("safety", rule) for rule in instrument.safety]
    rules += [(f'items "{i.id}", asked_if', i.asked_if) for i in instrument.items if i.asked_if]
    for field, rule in rules:
        if rule.item not in items:
            yield f"there is no item {rule.item}", _perhaps(rule.item, list(items)), field
            continue
        answer = instrument.answer_of(items[rule.item])
        if not answer.lowest <= rule.value <= answer.highest:
            yield (
                f"no answer to item {rule.item} comes near {rule.value:g}",
                f"answers go {span(answer.lowest, answer.highest)}",
                field,
            )


def _audience(instrument: Instrument) -> Found:
    if instrument.chosen_audience and instrument.safety:
        yield (
            "answers that must reach a person cannot be kept from them",
            "remove chosen_audience, or put the safety questions into an instrument of their own",
            "chosen_audience",
        )


def _codes(instrument: Instrument) -> Found:
    codes = [(instrument.loinc, "loinc")]
    codes += [(item.loinc, f'items "{item.id}", loinc') for item in instrument.items]
    codes += [(scale.loinc, f"scales, {id_}, loinc") for id_, scale in instrument.scales.items()]
    for code, field in codes:
        if code and (wrong := loinc.mistake(code)):
            yield wrong, "copy it again from loinc.org", field
    for code, times in Counter(code for code, _ in codes if code).items():
        if times > 1:
            yield f"the LOINC code {code} stands in {times} places", "each has its own", "loinc"
    for answer in filter(None, [instrument.answer, *(item.answer for item in instrument.items)]):
        for option in answer.options:
            if option.loinc and (wrong := loinc.mistake(option.loinc, answer=True)):
                yield wrong, "copy it again from loinc.org", f'answer, option "{option.label}"'


def _perhaps(given: str, known: list[str]) -> str:
    close = get_close_matches(given, known, n=1)
    return f"perhaps you mean {close[0]}" if close else f"there are {', '.join(known[:12])}"
