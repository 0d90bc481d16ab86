"""The figures of a programme as they may be seen: finished by the worker, before they are kept."""
