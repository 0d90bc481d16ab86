"""The tables of a client's record, in the order of a copy."""

from attunement.clinic.privacy.record.answers import ANSWERS
from attunement.clinic.privacy.record.care import CARE
from attunement.clinic.privacy.record.goals import GOALS
from attunement.clinic.privacy.record.helping import HELPING
from attunement.clinic.privacy.record.noticed import NOTICED
from attunement.clinic.privacy.record.person import PERSON
from attunement.clinic.privacy.record.scope import Table
from attunement.clinic.privacy.record.voice import VOICE

TABLES: tuple[Table, ...] = (*PERSON, *CARE, *ANSWERS, *GOALS, *VOICE, *NOTICED, *HELPING)


def tables(*, own: bool, whole: bool = True) -> tuple[Table, ...]:
    """Give the tables of a copy for staff, or for the client themselves."""
    return tuple(table for table in TABLES if (table.own or not own) and (whole or not table.whole))
