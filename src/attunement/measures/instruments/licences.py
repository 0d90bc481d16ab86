"""Which licences let an instrument's wording stand in a file, and where that file may be."""

from dataclasses import dataclass
from enum import StrEnum


class Wording(StrEnum):
    """Where the words of an instrument may stand."""

    ANYWHERE = "in this program and in any file"
    OWN_FILE = "in a file of your own, not in this program"
    NOWHERE = "in no file"


@dataclass(frozen=True)
class Licence:
    """A licence, what it means for wording, and why."""

    wording: Wording
    meaning: str


LICENCES = {
    "CC0-1.0": Licence(Wording.ANYWHERE, "given to the public domain"),
    "CC-BY-4.0": Licence(Wording.ANYWHERE, "free to copy and change, naming the author"),
    "public-domain": Licence(Wording.ANYWHERE, "no copyright, as with works of the US Government"),
    "no-permission-required": Licence(
        Wording.ANYWHERE, "the owner lets everyone reproduce, translate and distribute it"
    ),
    "freely-reproducible": Licence(
        Wording.ANYWHERE, "posted openly by its authors for everyone's use, with citation"
    ),
    "CC-BY-SA-4.0": Licence(Wording.OWN_FILE, "changes must carry the same licence"),
    "CC-BY-ND-4.0": Licence(Wording.OWN_FILE, "wording and order may not be changed"),
    "CC-BY-NC-4.0": Licence(Wording.OWN_FILE, "no commercial use"),
    "CC-BY-NC-SA-3.0-IGO": Licence(Wording.OWN_FILE, "no commercial use; share alike"),
    "CC-BY-NC-SA-4.0": Licence(Wording.OWN_FILE, "no commercial use; share alike"),
    "CC-BY-NC-ND-4.0": Licence(
        Wording.OWN_FILE, "no commercial use; wording and order may not be changed"
    ),
    "permission-held": Licence(
        Wording.OWN_FILE, "the owner allows you to use it; `permission` says who, when and what"
    ),
    "all-rights-reserved": Licence(Wording.NOWHERE, "only with the owner's permission"),
    "unclear": Licence(Wording.NOWHERE, "no statement by the owner was found; treat it as owned"),
}
