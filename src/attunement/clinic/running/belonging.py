"""Whether the people in a database and the mode belong together: real ones never in a demo."""

import sys

from django.db import DatabaseError, connection

from attunement.clinic.conf.environment import Mode
from attunement.clinic.people.models import Site
from attunement.problems import Problem

CANNOT_START = 3  # what gunicorn takes as a reason not to try again


def refuse_others_people(mode: Mode) -> None:
    """Refuse real people in a demonstration, and made-up people in real use.

    Raises
    ------
    Problem
        If the mode is not the one that the sites of the database were made for.
    """
    if mode is Mode.DEMO and Site.objects.filter(synthetic=False).exists():
        raise Problem(
            "this database holds real people, and a demonstration would open it without a "
            "second factor and with keys of its own",
            "set ATTUNEMENT_MODE=clinic and the clinic's own keys, or name another database in "
            "ATTUNEMENT_DATABASE",
        )
    if mode is Mode.CLINIC and Site.objects.filter(synthetic=True).exists():
        raise Problem(
            "this database holds made-up people, whose passwords everybody knows",
            "name an empty one in ATTUNEMENT_DATABASE",
        )


def leave_others_people(mode: Mode) -> None:
    """End a server before its first request where :func:`refuse_others_people` would refuse.

    A database that does not answer, or has no tables yet, holds nobody: ``/ready`` speaks of it.
    """
    try:
        refuse_others_people(mode)
    except Problem as problem:
        print(problem, file=sys.stderr, flush=True)  # noqa: T201
        sys.exit(CANNOT_START)
    except DatabaseError:
        return
    finally:
        connection.close()
