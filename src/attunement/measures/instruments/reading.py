"""From an instrument's file to an instrument, with one sentence for every mistake."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from attunement.measures.instruments.checks import mistakes
from attunement.measures.instruments.mending import Slip, mend
from attunement.measures.instruments.model import Instrument
from attunement.problems import Problem

LARGEST = 1_000_000  # bytes; the longest questionnaires have some thousand words


def load(path: str | Path) -> Instrument:
    """Read an instrument from its file.

    The format of the file is our own.

    Raises
    ------
    Problem
        If the file cannot be read, or for the first mistake in it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from attunement.measures import template
    >>> with TemporaryDirectory() as folder:
    ...     own = Path(folder) / "check-in.toml"
    ...     _ = own.write_text(template("session-check-in"))
    ...     print(load(own).title)
    Session check-in
    """
    return parse(text_of(Path(path)), Path(path).name)


def parse(text: str, name: str) -> Instrument:
    """Make an instrument of the text of its file.

    The format of the file is our own.

    Parameters
    ----------
    text
        TOML, as the reference page "The format of an instrument" says.
    name
        What to call the file in a :class:`Problem`.

    Raises
    ------
    Problem
        For the first mistake.

    Examples
    --------
    >>> from attunement.measures import template
    >>> parse(template("phq9"), "phq9.toml").title
    'Patient Health Questionnaire (PHQ-9)'
    """
    instrument, found = _read(text, name)
    if found or instrument is None:
        raise found[0]
    return instrument


def problems(text: str, name: str) -> list[Problem]:
    """Find every mistake in the text of an instrument's file, a sentence each.

    The format of the file, and what is held against it, are our own.

    Examples
    --------
    >>> from attunement.measures import template
    >>> text = template("phq9").replace('rater = "client"', 'rater = "friend"')
    >>> for one in problems(text, "phq9.toml"):
    ...     print(one)
    phq9.toml, rater: 'friend' is not one of the choices; write "client" or "therapist".
    """
    return _read(text, name)[1]


def text_of(path: Path) -> str:
    """Read a file as UTF-8 text.

    Raises
    ------
    Problem
        If it is not there, is far too long, or is no such text.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise Problem(
                "this is far too long for an instrument", "check the file", file=path.name
            )
        return path.read_text(encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise Problem(
            f"the file cannot be read ({reason})", "check its name and place", file=path.name
        ) from error
    except UnicodeDecodeError as error:
        raise Problem(
            "this is not a text file in UTF-8", "save it as UTF-8 text", file=path.name
        ) from error


def _read(text: str, name: str) -> tuple[Instrument | None, list[Problem]]:
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        return None, [_syntax(str(error), name)]
    except RecursionError:
        return None, [Problem("the brackets are nested too deeply", "check them", file=name)]
    try:
        instrument = Instrument.model_validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        return None, [*_shape(error, data, name), *_beyond(error, data, name)]
    return instrument, list(mistakes(instrument, name))


def _beyond(error: ValidationError, data: Mapping[str, Any], name: str) -> Iterator[Problem]:
    """Find what else is wrong, where mistakes of shape can be seen past."""
    slips = []
    for one in error.errors(include_url=False):
        place = tuple(_written(one))
        unknown = one["type"] == "extra_forbidden"
        close = _close(place) if unknown else []
        slips.append(Slip(place, unknown, close[0] if close else None))
    try:
        mended = json.dumps(mend(data, slips), default=str)
        yield from mistakes(Instrument.model_validate_json(mended), name)
    except ValidationError:
        return


def _syntax(message: str, name: str) -> Problem:
    place = re.search(r"\(at line (\d+), column (\d+)\)", message)
    what = re.sub(r"\s*\(at [^)]*\)$", "", message)
    return Problem(
        f"this is not TOML ({what[:1].lower()}{what[1:]})",
        f"look at column {place[2]}" if place else "look at the end of the file",
        file=name,
        row=int(place[1]) if place else None,
    )


def _shape(error: ValidationError, data: Mapping[str, Any], name: str) -> Iterator[Problem]:
    told = set()
    for one in sorted(error.errors(include_url=False), key=lambda one: one["type"] == "missing"):
        location = tuple(_written(one))
        field = _place(location, data)
        if field in told or (one["loc"][-1] == "float" and isinstance(one["input"], list)):
            continue  # a pair or number is tried as both; a misspelt field is missed as well
        what, remedy = _sentence(one, location)
        told |= {field, _place((*location[:-1], remedy.removeprefix(_PERHAPS)), data)}
        yield Problem(what, remedy, file=name, field=field)


_PERHAPS = "perhaps you mean "


def _written(error: Any) -> Iterator[Any]:
    """Keep of an error's place what stands in the file, not what pydantic tried there."""
    before = None
    for part in error["loc"]:
        tried = before == "value" and isinstance(part, str)
        if not tried and (part != "[key]" or error["type"] == "extra_forbidden"):
            yield part
        before = part


def _place(location: tuple[Any, ...], data: Any) -> str:
    """Name a place as its author would: ``items "q3", answer, from``."""
    words: list[str] = []
    for part in location:
        data = _inside(data, part)
        if isinstance(part, int):
            id_ = data.get("id") if isinstance(data, dict) else None
            words[-1] += f' "{id_}"' if isinstance(id_, str) else f", number {part + 1}"
        else:
            words.append(str(part))
    return ", ".join(words)


def _inside(data: Any, part: Any) -> Any:
    try:
        return data[part]
    except (KeyError, IndexError, TypeError):
        return None


def _sentence(error: Any, location: tuple[Any, ...]) -> tuple[str, str]:
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    last = str(location[-1]) if location else "the file"
    shown = f"'{given}'" if isinstance(given, str) else json.dumps(given, default=str)[:60]
    match kind:
        case "missing" if isinstance(location[-1], int):
            return "there are too few numbers", "write two, the lower first"
        case "missing":
            return f"{last} is missing", "add it"
        case "extra_forbidden":
            return f"there is no field {last} here", _meant(location)
        case "enum" | "literal_error":
            allowed = str(context["expected"]).replace("'", '"')
            return f"{shown} is not one of the choices", f"write {allowed}"
        case "too_short":
            return f"{last} has too few entries", f"write at least {context['min_length']}"
    what, remedy = _WANTED.get(kind, ("what belongs here", ""))
    return f"{shown} is not {what}", remedy or _limits(context)


_WANTED = {
    "string_type": ("text", "put it in quotation marks"),
    "string_pattern_mismatch": (
        "a name we can use",
        "use small letters, digits and hyphens, such as phq9 or wai-sr",
    ),
    "string_too_short": ("enough", "write something"),
    "finite_number": ("a number to reckon with", "write a finite number"),
    "float_type": ("a number", "write a number without quotation marks"),
    "int_type": ("a whole number", "write a whole number without quotation marks"),
    "int_from_float": ("a whole number", "write a whole number"),
    "bool_type": ("true or false", "write true or false, without quotation marks"),
    "tuple_type": ("a list", "put it in square brackets"),
    "dict_type": ("a table", "write it as [name] with fields below"),
    "model_type": ("a table of fields", "write { field = ... }"),
    "too_long": ("a pair of numbers", "write two"),
    "greater_than": ("large enough", ""),
    "greater_than_equal": ("large enough", ""),
    "less_than": ("small enough", ""),
}


def _limits(context: Mapping[str, Any]) -> str:
    said = {"gt": "more than", "ge": "at least", "lt": "less than"}
    return " and ".join(f"write {said[key]} {context[key]:g}" for key in said if key in context)


def _meant(location: tuple[Any, ...]) -> str:
    """Guess the field that was meant, or name those there are."""
    close = _close(location)
    return f"{_PERHAPS}{close[0]}" if close else f"the fields are {', '.join(_fields(location))}"


def _close(location: tuple[Any, ...]) -> list[str]:
    """Find the field whose name is nearest to the one at this place."""
    return get_close_matches(str(location[-1]), _fields(location), n=1)


def _fields(location: tuple[Any, ...]) -> list[str]:
    """Name the fields that the model at this place has."""
    model = _model_at(location[:-1])
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(location: tuple[Any, ...]) -> type[BaseModel]:
    model: type[BaseModel] = Instrument
    for part in location:
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        if part in fields:
            model = _model_in(fields[part].annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
