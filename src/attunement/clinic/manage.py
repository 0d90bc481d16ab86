"""Run Django's own commands on the clinic: ``python -m attunement.clinic.manage migrate``."""

import os
import sys


def main(arguments: list[str]) -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "attunement.clinic.conf.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
