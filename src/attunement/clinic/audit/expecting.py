"""Compare chains with hashes that were kept elsewhere: only they show that an end was cut off."""

import json
from collections.abc import Iterator
from pathlib import Path

from attunement.clinic.audit.faults import Checked, Fault
from attunement.clinic.audit.models import Event
from attunement.problems import Problem


def kept(file: Path) -> list[tuple[str, int, str]]:
    """Read chain, link and hash from what ``attunement audit verify --json`` printed earlier.

    Raises
    ------
    Problem
        If the file cannot be read, or holds no hash.
    """
    try:
        told = json.loads(file.read_text(encoding="utf-8"))["chains"]
        found = [(str(one["chain"]), int(one["links"]), str(one["head"])) for one in told]
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        raise Problem(f"cannot be read ({why})", "check the path", file=str(file)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Problem(
            "does not hold the hashes of an earlier run",
            "give what 'attunement audit verify --json' printed",
            file=str(file),
        ) from error
    found = [one for one in found if one[2]]
    if not found:
        raise Problem("holds no hash", "give the output of a run that was whole", file=str(file))
    return found


def unmet(expected: list[tuple[str, int, str]]) -> Iterator[Checked]:
    """Give the chains that no longer hold what was kept, with the first link that is wanting."""
    for chain, number, head in expected:
        there = Event.objects.filter(chain=chain, number__lte=number).order_by("-number").first()
        last = there.number if there else 0
        if there is None or last < number:
            yield Checked(chain=chain, links=last, fault=Fault.SHORTER, number=last + 1)
        elif there.hash != head:
            yield Checked(chain=chain, links=0, fault=Fault.OTHER, number=number)
