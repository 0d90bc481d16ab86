"""Gather every sentence that the clinic shows, merge it into the catalogues, and compile them.

Without an argument all catalogues are brought up to date; with languages (``es``) only those. With
``--check`` nothing is changed, and the run fails where a translation is missing or a catalogue is
not up to date.
"""

import io
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from attunement.intake.sentences import SENTENCES

ROOT = Path(__file__).parents[1]
CLINIC = ROOT / "src" / "attunement" / "clinic"
LOCALE = CLINIC / "locale"
LIBRARIES = (CLINIC.parent / "guidance" / "voice", CLINIC.parent / "formulation" / "library")
SILENT = frozenset({"id", "source", "finding", "standing", "items", "quotes"})
LANGUAGES = ("es", "de")
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
KEYWORDS: dict[str, tuple[object, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def sources() -> Iterator[tuple[Path, str]]:
    """Give every file that may hold sentences, as Python."""
    for path in sorted(CLINIC.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.read_text()
    for folder in LIBRARIES:
        for path in sorted(folder.glob("*.toml")):
            said = spoken(tomllib.loads(path.read_text(encoding="utf-8")))
            yield path, "\n".join(f"_({sentence!r})" for sentence in said)
    for folder in ("*.html", "*.txt"):
        for path in sorted((CLINIC / "templates").rglob(folder)):
            lines = templatize(path.read_text()).splitlines()
            yield path, "\n".join(line.lstrip() for line in lines)


def spoken(read: object, name: str = "") -> Iterator[str]:
    """Give every sentence of a library that people read; names and sources are none."""
    if isinstance(read, dict):
        for key, value in read.items():
            yield from spoken(value, key)
    elif isinstance(read, list):
        for value in read:
            yield from spoken(value, name)
    elif isinstance(read, str) and name not in SILENT:
        yield read


def gather() -> Catalog:
    """Collect every sentence."""
    found = Catalog(project="Attunement", charset="utf-8")
    for path, text in sources():
        place = str(path.relative_to(ROOT))
        for _line, name, message, notes in extract_python(
            io.BytesIO(text.encode()), list(KEYWORDS), ["Translators:"], {}
        ):
            context, said = told(name, message)
            if said:
                found.add(said, locations=[(place, 0)], auto_comments=notes, context=context)
    for sentence in SENTENCES:
        found.add(sentence, locations=[("src/attunement/intake/sentences.py", 0)])
    return found


def told(name: str, message: object) -> tuple[str | None, str | tuple[str, str] | None]:
    """Split what a call holds into its context and its sentence or its two numbers."""
    parts = [part for part in (message if isinstance(message, tuple) else (message,)) if part]
    context = parts.pop(0) if "pgettext" in name and parts else None
    if not parts:
        return context, None
    many = name.startswith("n") and len(parts) > 1
    return context, (parts[0], parts[1]) if many else parts[0]


def place(language: str) -> Path:
    """Where a catalogue lies."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def merged(language: str) -> Catalog:
    """Give the catalogue of a language, brought up to date with what was gathered."""
    path = place(language)
    known = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else None
    catalogue = known or Catalog(locale=language, project="Attunement", charset="utf-8")
    catalogue.update(gather(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    return catalogue


def missing(catalogue: Catalog) -> list[str]:
    """Give the sentences without a translation."""
    return [str(m.id) for m in catalogue if m.id and (not m.string or not all(listed(m.string)))]


def listed(string: object) -> list[str]:
    """Give one or several texts as a list."""
    return list(string) if isinstance(string, tuple | list) else [str(string)]


def written(catalogue: Catalog) -> bytes:
    """Give the text of a catalogue, the same at every run."""
    out = io.BytesIO()
    write_po(out, catalogue, sort_output=True, omit_header=False, include_lineno=False, width=100)
    lines = out.getvalue().decode().splitlines(keepends=True)
    dated = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator', "#  ")
    return "".join(line for line in lines if not line.startswith(dated)).encode()


def compiled(catalogue: Catalog) -> bytes:
    """Give the binary that is read at run time."""
    out = io.BytesIO()
    bare = read_po(io.BytesIO(written(catalogue)), locale=catalogue.locale)
    bare.creation_date = bare.revision_date = UNDATED
    write_mo(out, bare)
    return out.getvalue()


def main(arguments: list[str]) -> int:
    """Bring the catalogues up to date, or say what is not."""
    wanting = 0
    for language in [one for one in LANGUAGES if one in arguments] or LANGUAGES:
        catalogue = merged(language)
        path = place(language)
        files = {path: written(catalogue), path.with_suffix(".mo"): compiled(catalogue)}
        for sentence in (lacking := missing(catalogue)):
            sys.stdout.write(f"{language}: no translation of {sentence!r}\n")
        wanting += len(lacking)
        for file, content in files.items():
            if "--check" not in arguments:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            elif not file.exists() or file.read_bytes() != content:
                sys.stdout.write(f"{file.relative_to(ROOT)} is not up to date\n")
                wanting += 1
    return int(bool(wanting))


if __name__ == "__main__":
    settings.configure(USE_I18N=True)
    sys.exit(main(sys.argv[1:]))
