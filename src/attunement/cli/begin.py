"""Load the clinic for a command; nothing of it is loaded for any other."""

import sys
from typing import TYPE_CHECKING

import typer

from attunement.problems import Problem

if TYPE_CHECKING:
    from attunement.clinic.conf.environment import Environment

UNSAFE = 2


def begin_where_one_is() -> "Environment":
    """Make a clinic ready for a command that only looks at it, and never make one.

    Raises
    ------
    Problem
        If there is none: an embedded database that nobody has made yet.
    """
    refuse_where_none_is()
    return begin()


def refuse_where_none_is() -> None:
    """Refuse to look at a clinic that is not there, before anything is made.

    What is wrong with the settings is left to :func:`begin` to say.

    Raises
    ------
    Problem
        If its embedded database is not in the state folder.
    """
    from pydantic import ValidationError

    from attunement.clinic.conf.environment import DATABASE, Environment, Mode
    from attunement.clinic.conf.safety import unsafe

    try:
        asked = Environment()
    except ValidationError:
        return
    if asked.mode is Mode.CLINIC and any(unsafe(asked)):
        return
    if not asked.database and not (asked.state / DATABASE).exists():
        raise Problem(
            "no clinic here",
            "go to the folder from which it was opened, set ATTUNEMENT_STATE to its state folder, "
            "or make one: 'attunement clinic run' a synthetic one, 'attunement clinic migrate' an "
            "empty one",
            file=str(asked.state.resolve()),
        )


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
        If there is no database, it does not answer, has no tables yet, or holds real people in a
        demonstration, or made-up ones, whose passwords everybody knows, in real use.
    """
    environment = begin_where_one_is()
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
