"""PostgreSQL's own tools, where there are any that know this server."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from django.db import connection

from attunement.clinic.running.rows import FLEETING
from attunement.problems import Problem

VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
LONGEST = 6 * 3600


def server_edition() -> int:
    """Give the server's major version."""
    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10_000


def tool(name: str) -> Path | None:
    """Find a tool that is not older than the server: an older one would refuse."""
    for folder in os.get_exec_path():
        found = shutil.which(name, path=folder)
        if found and edition(Path(found)) >= server_edition():
            return Path(found)
    return None


def edition(path: Path) -> int:
    """Ask a tool for its major version; 0 where it does not say."""
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    known = re.search(r"(\d+)", said.stdout)
    return int(known[1]) if known else 0


def surroundings() -> dict[str, str]:
    """Give the connection as variables: in arguments, others could read the password."""
    known = connection.get_connection_params()
    own = {VARIABLES[name]: str(known[name]) for name in VARIABLES if known.get(name)}
    return {**os.environ, **own}


def dump(path: Path, to: Path) -> None:
    """Dump everything in PostgreSQL's own format, but for what is only for the moment."""
    left_out = [f"--exclude-table-data={name}" for name in FLEETING]
    run([path, "--format=custom", "--no-owner", "--no-privileges", *left_out, f"--file={to}"])


def restore(path: Path, data: Path) -> None:
    """Bring a dump back, all or nothing."""
    params = connection.get_connection_params()
    database = str(params["dbname"])
    run([path, "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
         f"--dbname={database}", data])  # fmt: skip


def run(command: list[str | Path]) -> None:
    """Run a tool, or say that it failed without repeating what it says: that may name people."""
    done = subprocess.run(
        command, env=surroundings(), capture_output=True, check=False, timeout=LONGEST
    )
    if done.returncode:
        raise Problem(
            f"{Path(command[0]).name} stopped with code {done.returncode}",
            "look at the database's own log",
        )
