"""The model card: what a model is for, what it rests on, and how it did."""

from dataclasses import dataclass
from math import exp

import polars as pl

from attunement.programme.retention.checkin import NOT_CAUSAL, sentence
from attunement.programme.retention.measures import Estimate
from attunement.programme.retention.model import Model
from attunement.programme.retention.validation import LATER, valid_sites, why_not_valid

PURPOSE = (
    "To suggest, before a next session, with whom a check-in may be worth the while. It says "
    "nothing of why somebody may leave, decides nothing, and is not to be used to refuse, "
    "shorten or ration care, nor to judge a therapist."
)
KIND = "Ridge-penalised logistic regression, one row per client and next session"
LIMITS = (
    "- AUC says how well it tells people apart; even a good one leaves most suggestions without "
    "a leaver, because leaving after any one session is rare.\n"
    "- Nothing was learned beyond session {most}; there it stays silent, and likewise at sites "
    "where it was not validated.\n"
    "- It learns from what a service books and writes down. When that changes, learn it anew.\n"
    "- A suggestion acted upon changes who leaves: tests after its use began will make it look "
    "worse than it is."
)


@dataclass(frozen=True, kw_only=True)
class Card:
    """A model card (Mitchell et al. 2019, *Proc. FAT-star* 220-229), as text and as tables.

    Attributes
    ----------
    markdown : str
        For people.
    features : polars.DataFrame
        A row per feature: ``feature``, ``words``, ``centre``, ``spread``, ``log_odds_per_sd``,
        ``log_odds_unknown``.
    tests : polars.DataFrame
        A row per test: ``kind``, ``where``, ``clients``, ``rows``, ``events``, ``auc`` with its
        interval, ``brier`` and that of the mean, calibration ``shift`` and ``slope`` with
        intervals, ``observed_over_expected``, ``alert_rate``, ``sensitivity``, ``ppv`` with its
        interval.
    """

    markdown: str
    features: pl.DataFrame
    tests: pl.DataFrame


def card(model: Model) -> Card:
    """Write the card of a model."""
    features, tests = feature_table(model), tests_table(model)
    return Card(markdown=_markdown(model, features, tests), features=features, tests=tests)


def feature_table(model: Model) -> pl.DataFrame:
    """List the features, the weightiest first."""
    return pl.DataFrame(
        [
            (term.name, term.words, term.centre, term.spread, term.weight, term.unknown)
            for term in model.terms
        ],
        schema=["feature", "words", "centre", "spread", "log_odds_per_sd", "log_odds_unknown"],
        orient="row",
    ).sort(pl.col("log_odds_per_sd").abs(), descending=True)


def tests_table(model: Model) -> pl.DataFrame:
    """List the tests."""
    return pl.DataFrame(
        [
            {
                "kind": test.kind,
                "where": test.where,
                "clients": test.clients,
                "rows": test.rows,
                "events": test.events,
                **_named("auc", test.auc),
                "brier": test.brier,
                "brier_of_mean": test.brier_of_mean,
                **_named("shift", test.calibration.in_the_large),
                **_named("slope", test.calibration.slope),
                "observed_over_expected": test.calibration.ratio,
                "alert_rate": test.alerts.rate,
                "sensitivity": test.alerts.sensitivity.share,
                "ppv": test.alerts.ppv.share,
                "ppv_low": test.alerts.ppv.low,
                "ppv_high": test.alerts.ppv.high,
            }
            for test in model.tests
        ]
    )


def _named(name: str, estimate: Estimate) -> dict[str, float]:
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


def _markdown(model: Model, features: pl.DataFrame, tests: pl.DataFrame) -> str:
    learned, reasons = model.learned, why_not_valid(model)
    use = "It may be used." if not reasons else f"It may not be used: {'; '.join(reasons)}."
    sites = sorted(valid_sites(model))
    at = f" It held at {', '.join(sites)}, each left out of learning once." if sites else ""
    rate = learned.events / learned.rows
    from_whom = (
        f"{learned.clients} clients with {learned.rows} next sessions from "
        f"{learned.first_day:%Y-%m-%d} to {learned.last_day:%Y-%m-%d}; {learned.events} left "
        f"({100 * rate:.1f} of 100 sessions were the last). Leaving means "
        f"{model.definition}: over for {model.days} days. Another definition would find others."
    )
    parts = [
        f"# Model of drifting away, version {model.version}",
        "## What it is for",
        PURPOSE,
        f"## May it be used?\n\n{use}{at}",
        "## What it was learned from",
        from_whom,
        f"Alliance is {model.alliance}"
        + (f"; symptoms are {model.symptoms}." if model.symptoms else "; symptoms were not used."),
        "## What weighs",
        f"{KIND}, penalty {model.penalty:g}. {NOT_CAUSAL}",
        _table(
            ["what was known", "mean", "SD", "odds ratio per SD", "odds ratio if not known"],
            [
                [words, f"{centre:.2f}", f"{spread:.2f}", f"{exp(w):.2f}",
                 f"{exp(u):.2f}" if u else ""]
                for _, words, centre, spread, w, u in features.iter_rows()
            ],
        ),
        "## How it did on clients it had not seen",
        _table(
            ["tested on", "clients", "left", "AUC", "Brier (of the mean)", "calibration slope",
             "observed / expected", "alerted", "of those, left"],
            [_test_row(row) for row in tests.iter_rows(named=True)],
        ),
        sentence(model),
        "## Limits",
        LIMITS.format(most=learned.most_sessions),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _test_row(row: dict[str, float | str | None]) -> list[str]:
    def number(name: str, places: int = 2) -> str:
        value = row[name]
        return "" if value is None else f"{value:.{places}f}"

    def between(name: str) -> str:
        return f"{number(name)} ({number(f'{name}_low')} to {number(f'{name}_high')})"

    kind = "began after " if row["kind"] == LATER else ""
    return [
        f"{kind}{row['where']}",
        str(row["clients"]),
        str(row["events"]),
        between("auc"),
        f"{number('brier', 4)} ({number('brier_of_mean', 4)})",
        between("slope"),
        number("observed_over_expected"),
        number("alert_rate"),
        number("ppv", 3),
    ]


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
