"""Compare chains with hashes that were kept elsewhere: only they show that an end was cut off."""

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import structlog

from attunement.clinic.audit.faults import Checked, Fault
from attunement.clinic.audit.models import Chain, Event
from attunement.clinic.conf.environment import HEADS, environment
from attunement.problems import Problem

ABOUT = "about.json"
log = structlog.get_logger("attunement.audit")


def kept(file: Path) -> list[tuple[str, int, str]]:
    """Read chain, link and hash from what ``attunement audit verify --json`` printed earlier.

    A backup holds them too, and so does what the daily work leaves in the state folder.

    Raises
    ------
    Problem
        If the file cannot be read, or holds no hash.
    """
    try:
        told = json.loads(said(file))["chains"]
        found = [(str(one["chain"]), int(one["links"]), str(one["head"])) for one in told]
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        raise Problem(f"cannot be read ({why})", "check the path", file=str(file)) from error
    except (ValueError, KeyError, TypeError, tarfile.TarError) as error:
        raise Problem(
            "does not hold the hashes of an earlier run",
            "give a backup, or what 'attunement audit verify --json' printed",
            file=str(file),
        ) from error
    found = [one for one in found if one[2]]
    if not found:
        raise Problem("holds no hash", "give the output of a run that was whole", file=str(file))
    return found


def said(file: Path) -> str:
    """Give the text that holds the hashes."""
    if not tarfile.is_tarfile(file):
        return file.read_text(encoding="utf-8")
    with tarfile.open(file) as archive:
        content = archive.extractfile(ABOUT)
        return content.read().decode() if content else ""


def heads() -> list[dict[str, object]]:
    """Give the newest link of every chain, to be kept elsewhere."""
    return [
        {"chain": one.name, "links": one.number, "head": one.hash}
        for one in Chain.objects.order_by("name")
    ]


def kept_here() -> Path:
    """Where the daily work leaves the hashes: beside the database, and not in it."""
    return environment().state / HEADS


def keep(found: list[Checked]) -> None:
    """Write the newest hashes to the log, and to the state folder where nothing is wanting.

    A file that shows that something is wanting is left as it is.
    """
    for one in found:
        if one.whole and one.head:
            log.info("audit chain is whole", chain=one.chain, links=one.links, head=one.head)
    wanting = missing_here()
    for one in wanting:
        log.error("audit events are missing", chain=one.chain, link=one.number)
    if wanting or not all(one.whole for one in found):
        return
    told = [{"chain": one.chain, "links": one.links, "head": one.head} for one in found if one.head]
    if not told:
        return
    try:
        kept_here().write_text(json.dumps({"chains": told}), encoding="utf-8")
    except OSError as error:
        log.warning("hashes of the audit cannot be kept", error=type(error).__name__)


def missing_here() -> list[Checked]:
    """Compare with what the daily work has left in the state folder, if it has."""
    return [*unmet(kept(kept_here()))] if kept_here().exists() else []


def unmet(expected: list[tuple[str, int, str]]) -> Iterator[Checked]:
    """Give the chains that no longer hold what was kept, with the first link that is wanting."""
    for chain, number, head in expected:
        there = Event.objects.filter(chain=chain, number__lte=number).order_by("-number").first()
        last = there.number if there else 0
        if there is None or last < number:
            yield Checked(chain=chain, links=last, fault=Fault.SHORTER, number=last + 1)
        elif there.hash != head:
            yield Checked(chain=chain, links=0, fault=Fault.OTHER, number=number)
