"""The English words of each version that clients were asked in, kept to be read later."""

from functools import cache
from importlib.resources import files


@cache
def words_of(version: str) -> str:
    """Give the words of one version, or the empty text where they are not kept."""
    kept = files("attunement.clinic.privacy") / "words" / f"{version}.md"
    return kept.read_text(encoding="utf-8") if version.isalnum() and kept.is_file() else ""
