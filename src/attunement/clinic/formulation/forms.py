"""Read a worksheet from the fields of a form."""

from collections.abc import Mapping

from django.http import QueryDict

from attunement.clinic.formulation.actions import Written
from attunement.formulation import Lens


def read(lens: Lens, fields: QueryDict) -> Mapping[str, Written]:
    """Give what was written in each part, and what is to be shared."""
    return {
        part.id: Written(
            text=str(fields.get(f"text-{part.id}", "")).replace("\r\n", "\n"),
            shared=fields.get(f"shared-{part.id}") == "yes",
        )
        for part in lens.parts
    }


def number(fields: QueryDict, name: str) -> int:
    """Read a number from a field; 0 where there is none."""
    said = str(fields.get(name, ""))
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0
