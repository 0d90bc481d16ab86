"""The command line: parse, call a room, show what it says."""

from attunement.cli.run import main

__all__ = ["main"]
