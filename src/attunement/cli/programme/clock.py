"""How long each step of a command took."""

from time import perf_counter


class Clock:
    """A step lasts until the next one begins, or until it is asked how long all took."""

    def __init__(self) -> None:
        self._begun: list[tuple[str, float]] = []

    def begin(self, step: str) -> None:
        """Note that a step begins; one that goes on is noted once."""
        if not self._begun or self._begun[-1][0] != step:
            self._begun.append((step, perf_counter()))

    def seconds(self) -> dict[str, float]:
        """Give the seconds of every step, in order."""
        ends = [*(at for _, at in self._begun[1:]), perf_counter()]
        return {step: end - at for (step, at), end in zip(self._begun, ends, strict=True)}
