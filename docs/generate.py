"""Write the pages of the reference that the program itself knows: python docs/generate.py.

A test holds that they are up to date.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import EnumType
from pathlib import Path
from typing import Any, get_args

import typer
from pydantic import SecretStr
from typer.main import get_command

from attunement.cli.app import app
from attunement.clinic.conf.environment import Environment
from attunement.guidance.reasons.library import reasons_library
from attunement.guidance.sources import Source, Standing, bibliography
from attunement.guidance.strategies import Strategy
from attunement.guidance.strategies import strategies as strategies_in_the_box
from attunement.measures import library
from attunement.tables import TABLES, Table

HERE = Path(__file__).parent
NOTICE = "% Written by docs/generate.py. Change the program, then run it again.\n"

COMMAND_LINE = """\
# Command line

`attunement COMMAND --help` says the same in a terminal. `attunement --install-completion` makes \
the Tab key complete commands and options.

Results go to standard output, and all that is said about them to standard error. With `--json`, \
standard output holds nothing but JSON. See \
[exit codes and environment variables](exit-codes.md)."""

EVERY_TABLE = """\
# Tables

Every room of the program speaks in these tables, and files follow them too. A key tells rows \
apart: no two rows have the same. What is not known is empty, never zero.

A file of scores may also be *wide*: `client`, `session`, and one column for each scale. See \
[wide and long files](../how-to/wide-and-long-files.md)."""

IN_THE_BOX = """\
# Instruments in the box

*Wording: yes* means that the questions are in the file. *No* means that it is a skeleton: it \
can score answers, and whoever may use the questions adds them. See \
[the licences of instruments](../explanation/instrument-licences.md) and \
[how to add an instrument](../how-to/add-an-instrument.md).
"""

SETTINGS = """\
# Settings of a clinic

The clinic is set up by environment variables. A demonstration (`script/run`) needs none: it makes \
its own secrets. With `ATTUNEMENT_MODE=clinic`, unsafe settings are refused at start, all in one \
list. [Run a clinic](../how-to/run-a-clinic.md) shows them at work.
"""

WHAT_COULD_HELP = """\
# Strategies

What could help, by reason. Each is a suggestion to a trained therapist, who may turn it down. \
`attunement strategies show ID` prints one in full, with steps, words to try, and how it looks in \
cognitive-behavioural, acceptance and commitment, psychodynamic and person-centred work.

While a rupture is unsettled, what *validates* comes first, then what *explores*; what works for \
*change* waits. What is *arranged* fits at any time.

Most of this evidence says what goes together, not what causes what. What behavioural science adds \
to a message is small when it is used in earnest: one to three people in a hundred.
"""

SOURCES = """\
## Sources

Every figure above is from one of these. *Unverified* means that the figure is from memory.
"""

MORE_OF_THEM = """
`attunement instruments show ID` tells more: each cut-off, band and reliability with its source, \
and whether that was read or is from memory."""


def pages() -> dict[Path, str]:
    """Give every generated page and what it must say."""
    reference = HERE / "reference"
    return {
        reference / "command-line.md": command_line(),
        reference / "tables.md": tables(),
        reference / "instruments.md": instruments(),
        reference / "settings.md": settings(),
        reference / "strategies.md": strategies(),
    }


def grid(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Write a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(map(escaped, line)) + " |" for line in lines]


def escaped(cell: object) -> str:
    """Write a cell that holds a bar."""
    return str(cell).replace("|", "\\|")


def command_line() -> str:
    """Tell every command, its arguments, options and example."""
    root = get_command(app)
    lines = [NOTICE, COMMAND_LINE]
    for name, command in commands(root):
        lines += ["", f"## {name}", "", command.help.strip(), ""]
        example = (command.epilog or "").removeprefix("Example: ")
        if example:
            lines += ["```sh", example, "```", ""]
        lines += grid(["argument or option", "what it does"], parameters(command))
    return "\n".join(lines) + "\n"


def commands(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Walk through commands and their subcommands."""
    for name, command in group.commands.items():
        full = f"{path}{name}"
        if isinstance(command, typer.core.TyperGroup):
            yield from commands(command, f"{full} ")
        else:
            yield full, command


def parameters(command: typer.core.TyperCommand) -> Iterator[tuple[str, str]]:
    """Describe arguments and options as their help does."""
    for parameter in command.params:
        if isinstance(parameter, typer.core.TyperArgument):
            shown = parameter.metavar or parameter.name.upper()
        else:
            shown = " ".join([parameter.opts[0], value_of(parameter)]).strip()
        text = parameter.help or ""
        if parameter.required:
            text = f"Required. {text}".strip()
        elif parameter.show_default and parameter.default not in (None, False, [], ""):
            text += f" Default: `{getattr(parameter.default, 'value', parameter.default)}`."
        yield f"`{shown}`", text


def value_of(option: typer.core.TyperOption) -> str:
    """Say what an option takes: its words, or what kind of value."""
    kind = option.type_descriptor.annotation
    if option.is_flag:
        return ""
    if option.metavar:
        return option.metavar
    words = get_args(kind) or (list(kind) if isinstance(kind, EnumType) else [])
    return "|".join(words) if words else kind.__name__.upper()


def tables() -> str:
    """Tell the columns, keys and units of every table."""
    lines = [NOTICE, EVERY_TABLE]
    for table in TABLES:
        lines += ["", f"## {table.name}", "", f"One row is {table.about}.", ""]
        lines += [f"Key: {', '.join(f'`{name}`' for name in table.key)}.", ""]
        lines += grid(["column", "holds", "meaning"], columns(table))
    return "\n".join(lines) + "\n"


def columns(table: Table) -> Iterator[tuple[str, str, str]]:
    """Describe the columns of one table."""
    for column in table.columns:
        asked = " May be left out." if column.optional else ""
        meaning = column.meaning[:1].upper() + column.meaning[1:]
        yield f"`{column.name}`", column.kind.value, f"{meaning}.{asked}"


def settings() -> str:
    """Tell every setting of a clinic."""
    lines = [NOTICE, SETTINGS, *grid(["variable", "meaning", "default"], each_setting())]
    return "\n".join(lines) + "\n"


def each_setting() -> Iterator[tuple[str, str, str]]:
    """Describe the settings one after the other."""
    for name, field in Environment.model_fields.items():
        meaning = f"{field.description[:1].upper()}{field.description[1:]}."
        value = field.get_default()
        shown = value.get_secret_value() if isinstance(value, SecretStr) else value
        text = str(shown).lower() if isinstance(shown, bool) else str(shown)
        yield f"`ATTUNEMENT_{name.upper()}`", meaning, f"`{text}`" if text else ""


def instruments() -> str:
    """List the instruments in the box."""
    lines = [NOTICE, IN_THE_BOX]
    rows = (
        (
            f"`{instrument.id}`",
            instrument.title,
            len(instrument.items),
            ", ".join(f"`{name}`" for name in scales(instrument)),
            instrument.licence,
            "yes" if instrument.wording == "included" else "no",
        )
        for instrument in library().values()
    )
    lines += grid(["id", "title", "items", "scales", "licence", "wording"], rows)
    lines.append(MORE_OF_THEM)
    return "\n".join(lines) + "\n"


def scales(instrument: object) -> list[str]:
    """Name an instrument's scales as they stand in a file of scores."""
    names = list(instrument.scales)
    return [instrument.id] if len(names) == 1 else [f"{instrument.id}.{name}" for name in names]


def strategies() -> str:
    """List what could help by reason, then each strategy with its evidence, then the sources."""
    known = strategies_in_the_box()
    lines = [NOTICE, WHAT_COULD_HELP]
    for reason in reasons_library().values():
        lines.append(f"- **{reason.title}**: ")
        lines[-1] += ", ".join(
            f"[{one.title}](#{anchor(one.title)})"
            for one in known.values()
            if reason.id in one.reasons
        )
    for one in known.values():
        lines += strategy(one)
    lines += ["", SOURCES]
    lines += [source(one) for one in sorted(bibliography().values(), key=lambda one: one.citation)]
    return "\n".join(lines) + "\n"


def strategy(one: Strategy) -> list[str]:
    """Tell one strategy: what, for which reasons, when not, and what speaks for it."""
    titles = [reasons_library()[reason].title for reason in one.reasons]
    looked_for = ", ".join(f"*{item}*" for item in one.look_for.items)
    evidence = (
        (
            proof.bears,
            f"{proof.finding.says}. {proof.finding.figures}".rstrip(". ") + ".",
            proof.kind_words,
            proof.source.name + (" (unverified)" if proof.unverified else ""),
        )
        for proof in one.evidence
    )
    guards = [f"- Guard: {guard}" for guard in one.guards]
    return [
        "",
        f"## {one.title}",
        "",
        f"{one.summary} `{one.id}`, {one.step.value}, {one.minutes} minutes.",
        "",
        f"- For: {', '.join(titles)}",
        f"- To look for in the next check-ins ({one.look_for.within}): {looked_for}",
        *(f"- Not: {limit}" for limit in one.not_when),
        *guards,
        "",
        *grid(["why here", "what was found", "kind of evidence", "source"], evidence),
    ]


def source(one: Source) -> str:
    """Cite a source, with what of it was read."""
    sure = " (unverified)" if one.doi_standing is Standing.UNVERIFIED else ""
    doi = "" if one.doi is None else f" doi:{one.doi}{sure}."
    return f"- {one.citation}{doi} Read: {one.read}."


def anchor(heading: str) -> str:
    """Name a heading as a link does."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
