"""A fit as researchers expect to see it."""

from collections.abc import Iterator

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from attunement.multilevel.comparison import Comparison
from attunement.multilevel.results import RESIDUAL, Fit
from attunement.problems import harmless

WIDE = 100
SURE, SURE_OF_TEST = 0.001, 0.0001


def as_text(fit: Fit) -> str:
    """Print a fit into text."""
    console = Console(width=WIDE, highlight=False, markup=False, emoji=False, color_system=None)
    with console.capture() as captured:
        console.print(shown(fit))
    return captured.get()


def shown(fit: Fit) -> RenderableType:
    """Lay a fit out: how it was made, what varies, what is common, and what to mind."""
    return Group(*heading(fit), random_part(fit), fixed_part(fit), *notes(fit))


def heading(fit: Fit) -> Iterator[Text]:
    """Say what was fitted, how, and to what."""
    how = "restricted maximum likelihood" if fit.reml else "maximum likelihood"
    yield Text(harmless(fit.formula), style="bold")
    yield Text(f"Linear mixed model by {how}")
    groups = ", ".join(f"{size:,} of {name}" for name, size in fit.groups.items())
    missing = f" ({fit.left_out:,} more lacked something)" if fit.left_out else ""
    yield Text(harmless(f"{fit.rows:,} rows{missing}; groups: {groups}"))
    name = "REML criterion" if fit.reml else "deviance"
    yield Text(
        f"log-likelihood {fit.log_likelihood:.2f}, {name} {fit.deviance:.2f}, "
        f"AIC {fit.aic:.2f}, BIC {fit.bic:.2f}"
    )
    shares = ", ".join(f"{name} {share:.3f}" for name, share in fit.icc.items())
    yield Text(harmless(f"intraclass correlation: {shares}"))
    if fit.phi is not None:
        yield Text(f"autocorrelation of residuals: {fit.phi:.4f}")


def random_part(fit: Fit) -> Table:
    """Tabulate the variances, with correlations beside the later of two effects."""
    table = grid("Random effects", ("group", "effect"), ("variance", "SD", "correlation"))
    pairs: dict[tuple[str, str], list[str]] = {}
    for row in fit.correlations.iter_rows(named=True):
        value = "-" if row["correlation"] is None else f"{row['correlation']:.2f}"
        pairs.setdefault((row["group"], row["other"]), []).append(value)
    before = None
    for row in fit.variances.iter_rows(named=True):
        group = row["group"]
        beside = " ".join(pairs.get((group, row["term"]), []))
        named = RESIDUAL if group == RESIDUAL else ("" if group == before else group)
        cells = (named, row["term"] or "", figure(row["variance"]), figure(row["sd"]), beside)
        table.add_row(*(Text(harmless(cell)) for cell in cells))
        before = group
    return table


def fixed_part(fit: Fit) -> Table:
    """Tabulate the coefficients."""
    sure = f"{fit.level:.0%} interval"
    table = grid("Fixed effects", ("effect",), ("estimate", "SE", "df", "t", "p", sure))
    for row in fit.coefficients.iter_rows(named=True):
        known = row["estimate"] is not None
        cells = (
            row["term"],
            *(figure(row[name]) for name in ("estimate", "se")),
            f"{row['df']:,.1f}" if known else "-",
            f"{row['t']:.2f}" if known else "-",
            probability(row["p"]) if known else "-",
            f"{figure(row['low'])} to {figure(row['high'])}" if known else "-",
        )
        table.add_row(*(Text(harmless(cell)) for cell in cells))
    return table


def comparison_part(found: Comparison) -> RenderableType:
    """Tabulate two models, the smaller first, and their likelihood-ratio test."""
    columns = ("parameters", "AIC", "BIC", "log-likelihood", "deviance", "chi2", "df", "p")
    table = grid("Likelihood-ratio test", ("model",), columns)
    test = (f"{found.chi2:.4f}", str(found.df), exactly(found.p))
    for place, row in enumerate(found.table.iter_rows(named=True)):
        cells = (
            row["formula"],
            str(row["parameters"]),
            *(f"{row[name]:.2f}" for name in ("aic", "bic", "log_likelihood")),
            f"{-2 * row['log_likelihood']:.2f}",
            *(test if place else ("", "", "")),
        )
        table.add_row(*(Text(harmless(cell)) for cell in cells))
    return Group(table, *(Text(f"Warning: {harmless(one)}") for one in found.warnings))


def notes(fit: Fit) -> Iterator[Text]:
    """Say what is wrong, a line each."""
    for warning in fit.warnings:
        yield Text(f"Warning: {harmless(warning)}")


def grid(title: str, left: tuple[str, ...], right: tuple[str, ...]) -> Table:
    """Make an empty table."""
    table = Table(
        title=Text(title, style="bold"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for heading in left:
        table.add_column(heading, justify="left", overflow="fold")
    for heading in right:
        table.add_column(heading, justify="right")
    return table


def figure(value: float | None) -> str:
    """Write a number with five digits."""
    if value is None:
        return "-"
    return f"{value:.5g}" if 1e-4 <= abs(value) < 1e5 or value == 0 else f"{value:.4e}"


def probability(value: float) -> str:
    """Write p: three decimals, and no more certainty than that."""
    return f"<{SURE}" if value < SURE else f"{value:.3f}"


def exactly(value: float) -> str:
    """Write p of a test by itself: four decimals."""
    return f"<{SURE_OF_TEST}" if value < SURE_OF_TEST else f"{value:.4f}"
