"""The model card: what a model is for, what it rests on, and how it did."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import Any

import polars as pl

from attunement.programme.retention.checkin import NOT_CAUSAL, sentence
from attunement.programme.retention.measures import Estimate
from attunement.programme.retention.model import Model
from attunement.programme.retention.validation import LATER, valid_sites, why_not_valid

Row = Mapping[str, Any]

PURPOSE = (
    "To suggest, before a next session, with whom a check-in may be worth the while. It says "
    "nothing of why somebody may leave, decides nothing, and is not to be used to refuse, "
    "shorten or ration care, nor to judge a therapist."
)
BY_GROUP = (
    "Tested on those who began later, where 30 or more of a group left and 30 or more did not. A "
    "group for which it does worse is less served by its suggestions, and more often bothered by "
    "them."
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

UNDATED = (
    "- Scores did not say when they were answered. If some were answered after the session that "
    "was to be forecast, such as at an exit interview, it will do worse than the tests say."
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
    groups : polars.DataFrame
        A row per group of those who began later: ``by``, ``group``, ``clients``, ``events``,
        ``auc`` and calibration ``slope`` with intervals, ``observed_over_expected``; null where
        withheld, or too few to test.
    """

    markdown: str
    features: pl.DataFrame
    tests: pl.DataFrame
    groups: pl.DataFrame


def card(model: Model) -> Card:
    """Write the card of a model."""
    features, tests, groups = feature_table(model), tests_table(model), groups_table(model)
    return Card(
        markdown=_markdown(model, features, tests, groups),
        features=features,
        tests=tests,
        groups=groups,
    )


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


def groups_table(model: Model) -> pl.DataFrame:
    """List how it did by group."""
    numbers = ("auc", "auc_low", "auc_high", "slope", "slope_low", "slope_high")
    schema = {
        "by": pl.String,
        "group": pl.String,
        "clients": pl.Int64,
        "events": pl.Int64,
        **dict.fromkeys((*numbers, "observed_over_expected"), pl.Float64),
    }
    return pl.DataFrame(
        [
            {
                "by": one.by,
                "group": one.group,
                "clients": one.clients,
                "events": one.events,
                **_named("auc", one.auc),
                **_named("slope", one.slope),
                "observed_over_expected": one.ratio,
            }
            for one in model.groups
        ],
        schema=schema,
    )


def _named(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    value, _se, low, high = estimate or (None,) * 4
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _markdown(
    model: Model, features: pl.DataFrame, tests: pl.DataFrame, groups: pl.DataFrame
) -> str:
    learned, reasons = model.learned, why_not_valid(model)
    use = "It may be used." if not reasons else f"It may not be used: {'; '.join(reasons)}."
    sites = sorted(valid_sites(model))
    at = f" It held at {', '.join(sites)}, each left out of learning once." if sites else ""
    rate = learned.events / learned.rows
    from_whom = (
        f"{learned.clients:,} clients with {learned.rows:,} next sessions from "
        f"{learned.first_day:%Y-%m-%d} to {learned.last_day:%Y-%m-%d}; {learned.events:,} left "
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
        *_by_group(groups),
        "## Limits",
        LIMITS.format(most=learned.most_sessions) + ("" if model.dated else f"\n{UNDATED}"),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _by_group(groups: pl.DataFrame) -> list[str]:
    if groups.is_empty():
        return []
    rows = []
    for row in groups.iter_rows(named=True):
        clients, events = (
            "withheld" if row[name] is None else f"{row[name]:,}" for name in ("clients", "events")
        )
        tested = row["auc"] is not None
        found = [_between(row, "auc"), _between(row, "slope"),
                 _number(row, "observed_over_expected")]  # fmt: skip
        rows.append(
            [row["by"], row["group"], clients, events, *(found if tested else ["too few", "", ""])]
        )
    head = ["by", "group", "clients", "left", "AUC", "calibration slope", "observed / expected"]
    return ["## How it did by group", _table(head, rows), BY_GROUP]


def _test_row(row: Row) -> list[str]:
    kind = "began after " if row["kind"] == LATER else ""
    return [
        f"{kind}{row['where']}",
        f"{row['clients']:,}",
        f"{row['events']:,}",
        _between(row, "auc"),
        f"{_number(row, 'brier', 4)} ({_number(row, 'brier_of_mean', 4)})",
        _between(row, "slope"),
        _number(row, "observed_over_expected"),
        _number(row, "alert_rate"),
        _number(row, "ppv", 3),
    ]


def _number(row: Row, name: str, places: int = 2) -> str:
    value = row[name]
    return "" if value is None else f"{value:.{places}f}"


def _between(row: Row, name: str) -> str:
    return f"{_number(row, name)} ({_number(row, f'{name}_low')} to {_number(row, f'{name}_high')})"


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
