"""Cohorts in which the reason behind a session's strain is known."""
