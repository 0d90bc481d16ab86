"""A user's file in, a checked table out; and results written whole or not at all."""

from attunement.intake.attendance import read_attendance
from attunement.intake.responses import read_responses
from attunement.intake.scores import Intake, read_scores
from attunement.intake.writing import (
    Format,
    file_output,
    table_output,
    write_all,
    write_file,
    write_table,
    write_tables,
)

__all__ = [
    "Format",
    "Intake",
    "file_output",
    "read_attendance",
    "read_responses",
    "read_scores",
    "table_output",
    "write_all",
    "write_file",
    "write_table",
    "write_tables",
]
