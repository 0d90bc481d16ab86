"""Load the clinic for a command; nothing of it is loaded for any other."""

import sys
from typing import TYPE_CHECKING

import typer

from attunement.problems import Problem

if TYPE_CHECKING:
    from attunement.clinic.conf.environment import Environment

UNSAFE = 2


def begin() -> "Environment":
    """Make the clinic ready, or list what its settings lack and leave."""
    from pydantic import ValidationError

    from attunement.clinic.conf.safety import Unsafe
    from attunement.clinic.running.start import begin as ready

    try:
        return ready()
    except Unsafe as error:
        print(error, file=sys.stderr)  # noqa: T201
    except ValidationError as error:
        for one in error.errors(include_input=False, include_url=False):
            name = "_".join(map(str, one["loc"])).upper()
            print(f"ATTUNEMENT_{name}: {one['msg']}.", file=sys.stderr)  # noqa: T201
    raise typer.Exit(UNSAFE)


def begin_with_tables() -> "Environment":
    """Make the clinic ready, for a command that needs its tables.

    Raises
    ------
    Problem
        If the database does not answer, has no tables yet, or holds real people in a
        demonstration, or made-up ones, whose passwords everybody knows, in real use.
    """
    environment = begin()
    from django.db import DatabaseError, connection

    try:
        there = "people_site" in connection.introspection.table_names()
    except DatabaseError as error:
        raise Problem(
            f"the database does not answer ({type(error).__name__})",
            "check ATTUNEMENT_DATABASE, and that its server runs",
        ) from error
    if not there:
        raise Problem("the database has no tables yet", "run 'attunement clinic migrate'")
    from attunement.clinic.running.belonging import refuse_others_people

    refuse_others_people(environment.mode)
    return environment
