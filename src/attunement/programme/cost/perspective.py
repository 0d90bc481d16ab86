"""From whose point of view costs are counted: never left unsaid."""

from collections.abc import Sequence
from dataclasses import dataclass

from attunement.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Perspective:
    """Whose costs are counted, which, and in what money.

    Attributes
    ----------
    payer : str
        "the service", "the county", "society" ...
    counted : sequence of str
        Which costs are in the figures: "therapists' time", "rooms", "medication" ...
    left_out : sequence of str
        Which are not, though someone bears them: "clients' travel", "lost work" ...
    currency : str
        As it shall be written: "GBP", "EUR".
    price_year : int
        The year of whose prices they are.

    Raises
    ------
    Problem
        If nobody or nothing is named: a cost without a perspective means nothing (Sanders et al.
        2016, *JAMA* 316:1093; cited from memory).

    Examples
    --------
    >>> view = Perspective(payer="the service", counted=["therapists' time"],
    ...                    left_out=["clients' travel"], currency="GBP", price_year=2026)
    >>> view.payer, view.price_year
    ('the service', 2026)
    """

    payer: str
    counted: Sequence[str]
    left_out: Sequence[str]
    currency: str
    price_year: int

    def __post_init__(self) -> None:
        if not (self.payer.strip() and self.counted and self.currency.strip()):
            raise Problem(
                "the perspective names no payer, no costs or no currency",
                "say who pays, what is counted, and in what money",
            )

    def __str__(self) -> str:
        without = f", without {_listed(self.left_out)}" if self.left_out else ""
        return (
            f"costs to {self.payer}, in {self.currency} of {self.price_year}: "
            f"{_listed(self.counted)}{without}"
        )

    def money(self, amount: float) -> str:
        """Write an amount.

        Examples
        --------
        >>> Perspective(payer="the service", counted=["therapists' time"], left_out=[],
        ...             currency="GBP", price_year=2026).money(-1234.4)
        '-1,234 GBP'
        """
        digits = 0 if abs(amount) >= 100 else 2
        return f"{amount:,.{digits}f} {self.currency}"


def _listed(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
