"""Files to take in."""

from pathlib import Path

import pytest

from attunement.clinic.exchange.actions.uploads import hand_in, read_as
from attunement.clinic.exchange.reading import Reading
from support import house


@pytest.fixture
def handed_in(administrator):
    """Hand in a file as the administrator."""

    def hand(content, name="scores.csv", table="scores", **reading):
        by = house.actor(administrator)
        if isinstance(content, Path):
            content = content.read_bytes()
        elif isinstance(content, str):
            content = content.encode()
        upload = hand_in(name=name, content=content, table=table, by=by)
        if reading:
            read_as(upload=upload, reading=Reading(**reading), by=by)
        return upload

    return hand
