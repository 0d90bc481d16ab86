"""Make Django ready for a command."""

import os

from attunement.clinic.conf.environment import Environment
from attunement.clinic.conf.safety import refuse_unsafe
from attunement.clinic.running.state import settle

SETTINGS = "attunement.clinic.conf.settings"


def begin() -> Environment:
    """Settle the environment, refuse what is unsafe, and load every room of the clinic.

    Raises
    ------
    Unsafe
        If the settings are not safe for real people.
    """
    os.umask(0o077)
    settle()
    environment = Environment()
    refuse_unsafe(environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()
    return environment
