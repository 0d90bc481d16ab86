"""The file that an import works with."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attunement.clinic.exchange.files import on_disk
from attunement.clinic.exchange.models import Upload


@contextmanager
def opened(upload: Upload) -> Iterator[Path]:
    """Give the path of a held file, for as long as it is needed."""
    with on_disk(base64.b64decode(upload.content), upload.suffix) as path:
        yield path
