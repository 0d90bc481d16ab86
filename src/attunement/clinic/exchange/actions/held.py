"""Hold what an import works with: its file, and the episodes that it touches."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db.models import Q

from attunement.clinic.exchange.files import on_disk
from attunement.clinic.exchange.models import Upload
from attunement.clinic.people.models import Episode


@contextmanager
def opened(upload: Upload) -> Iterator[Path]:
    """Give the path of a held file, for as long as it is needed."""
    with on_disk(base64.b64decode(upload.content), upload.suffix) as path:
        yield path


def hold_episodes(*those: Q, **named: Any) -> None:
    """Let nobody answer in these episodes, or change them, until the transaction ends.

    They are held in one order, so that no two imports wait for each other. What is noticed about
    a course is worked out from all of it: whoever answers meanwhile waits, and is noticed after.
    """
    found = Episode.objects.select_for_update().filter(*those, **named)
    list(found.order_by("pk").values_list("pk"))
