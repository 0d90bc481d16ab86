"""Refusals that people can do something about."""


class Refused(Exception):
    """Something cannot be done now; its text is a translated sentence for the person."""
