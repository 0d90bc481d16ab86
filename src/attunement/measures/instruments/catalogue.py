"""The instruments at hand: those in the box, and a site's own."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

from attunement.measures.instruments.model import Instrument
from attunement.measures.instruments.reading import load, parse, text_of
from attunement.measures.scale import Scale
from attunement.problems import Problem

Instruments = Mapping[str, Instrument]


def library(extra: str | Path | None = None) -> Instruments:
    """All instruments by id: those in the box, and those in a site's own folder.

    Each names its own source and how far it was checked
    (:class:`~attunement.measures.instruments.model.Instrument`).

    Parameters
    ----------
    extra
        A folder of further files (``*.toml``). A file there may complete an instrument in the box,
        under the same id, with its wording, but not change how it is scored.

    Raises
    ------
    Problem
        For the first mistake in a file of that folder.

    Examples
    --------
    >>> library()["phq9"].title
    'Patient Health Questionnaire (PHQ-9)'
    """
    boxed = _boxed()
    if extra is None:
        return boxed
    folder = Path(extra)
    if not folder.is_dir():
        raise Problem("there is no such folder of instruments", "check its name", file=str(extra))
    own: dict[str, Instrument] = {}
    for path in sorted(folder.glob("*.toml")):
        instrument = load(path)
        _fits({**boxed, **own}, instrument, path.name, again=instrument.id in own)
        own[instrument.id] = instrument
    return MappingProxyType({**boxed, **own})


def add(path: str | Path, folder: str | Path) -> Path:
    """Check an instrument's file and copy it into a site's own folder, as ``<id>.toml``.

    The format of the file is our own.

    Returns
    -------
    The place of the copy. Nothing happens if the same file is there already.

    Raises
    ------
    Problem
        If the file has a mistake, another file of that name is there, or none can be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     own = Path(folder) / "check-in.toml"
    ...     _ = own.write_text(template("session-check-in"))
    ...     print(add(own, Path(folder) / "site").name)
    session-check-in.toml
    """
    source, folder = Path(path), Path(folder)
    text = text_of(source)
    instrument = parse(text, source.name)
    copy = folder / f"{instrument.id}.toml"
    if copy.exists():
        if text_of(copy) == text:
            return copy
        raise Problem(
            f"{copy.name} is in that folder already, and differs",
            "give yours another id, or remove the old file first",
            file=source.name,
        )
    _fits(library(folder) if folder.is_dir() else library(), instrument, source.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise Problem(
            f"the folder of your own instruments cannot be written to ({reason})",
            "choose another, or ask for the right to write",
            file=str(folder),
        ) from error
    return copy


def find_instrument(name: str, instruments: Instruments | None = None) -> Instrument:
    """Find an instrument by its id or an alias; case, spaces and hyphens do not matter.

    Each instrument names its own source
    (:class:`~attunement.measures.instruments.model.Instrument`).

    Raises
    ------
    Problem
        If there is none of exactly that name; ``bdi`` is not taken for ``bdi2``.

    Examples
    --------
    >>> find_instrument("PHQ-9").id
    'phq9'
    """
    known = library() if instruments is None else instruments
    for instrument in known.values():
        if _plain(name) in map(_plain, (instrument.id, *instrument.aliases)):
            return instrument
    close = get_close_matches(name.casefold(), list(known), n=3, cutoff=0.5)
    raise Problem(
        f"there is no instrument '{name}'",
        f"perhaps you mean {' or '.join(close)}" if close else "see `attunement instruments list`",
    )


def find_scale(name: str, instruments: Instruments | None = None) -> Scale:
    """Find a scale by its full name, such as ``phq9``, ``BDI-II`` or ``wai-sr.bond``.

    Its instrument names the source (:class:`~attunement.measures.instruments.model.Instrument`).

    Raises
    ------
    Problem
        If there is none, if an instrument has several and none is named, or if the scale holds
        preferences, of which neither end is better.

    Examples
    --------
    >>> find_scale("BDI-II").name
    'bdi2'
    """
    instrument_name, _, scale_name = name.partition(".")
    instrument = find_instrument(instrument_name, instruments)
    ids = list(instrument.scales)
    if scale_name and scale_name not in ids:
        raise Problem(
            f"{instrument.id} has no scale '{scale_name}'", f"its scales are {', '.join(ids)}"
        )
    if not scale_name and len(ids) > 1:
        raise Problem(
            f"{instrument.id} has several scales",
            f"write one of {', '.join(instrument.full_name(id_) for id_ in ids)}",
        )
    full_name = instrument.full_name(scale_name or ids[0])
    scales = instrument.scales_by_name()
    if full_name not in scales:
        raise Problem(
            f"{full_name} holds preferences, of which neither end is better",
            "choose another scale",
        )
    return scales[full_name]


def template(name: str) -> str:
    """Text of an instrument's file in the box, for a licence holder to complete.

    The format of the file is our own.

    Raises
    ------
    Problem
        If the box has no such instrument.

    Examples
    --------
    >>> template("phq9").splitlines()[0]
    'id = "phq9"'
    """
    return (_folder() / f"{find_instrument(name).id}.toml").read_text(encoding="utf-8")


def _folder() -> Traversable:
    return files("attunement.measures") / "library"


@cache
def _boxed() -> Instruments:
    found = (entry for entry in _folder().iterdir() if entry.name.endswith(".toml"))
    read = [
        parse(entry.read_text(encoding="utf-8"), entry.name)
        for entry in sorted(found, key=lambda entry: entry.name.removesuffix(".toml"))
    ]
    return MappingProxyType({instrument.id: instrument for instrument in read})


def _fits(known: Instruments, new: Instrument, file: str, *, again: bool = False) -> None:
    """Refuse a name that already stands for something else."""
    same = known.get(new.id)
    if again or (same and _key(same) != _key(new)):
        raise Problem(
            f"the id {new.id} already stands for another instrument",
            "give yours another id; only wording may be added to an instrument there is",
            file=file,
        )
    if same and not _alarms(same) <= _alarms(new):
        raise Problem(
            f"a safety rule of {new.id} is gone", "keep every [[safety]] of the original", file=file
        )
    for name in (new.id, *new.aliases):
        for other in known.values():
            if other.id != new.id and _plain(name) in map(_plain, (other.id, *other.aliases)):
                raise Problem(
                    f"the name {name} already stands for {other.id}", "choose another", file=file
                )


def _key(instrument: Instrument) -> object:
    """Everything about an instrument that a score depends on."""
    items = {
        item.id: (
            instrument.answer_of(item).lowest,
            instrument.answer_of(item).highest,
            instrument.answer_of(item).step,
            item.reversed,
            frozenset(instrument.scales_of(item)),
        )
        for item in instrument.items
    }
    scales = {
        id_: (scale.direction, scale.scoring, scale.multiplier, scale.fewest_answered)
        for id_, scale in instrument.scales.items()
    }
    return instrument.rater, items, scales


def _alarms(instrument: Instrument) -> set[tuple[str, str, float]]:
    return {(rule.item, rule.operator, rule.value) for rule in instrument.safety}


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
