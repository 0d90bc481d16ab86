"""From a raw table to the figure of alliance and outcome.

Run it with ``marimo edit docs/notebooks/alliance_outcome.py``.
"""

import marimo

app = marimo.App(width="medium", app_title="From raw table to alliance and outcome")


@app.cell
def _():
    import marimo as mo
    import polars as pl

    import attunement as at

    return at, mo, pl


@app.cell
def _(mo):
    mo.md(
        """
        # Alliance and outcome, from a raw table

        Two questions are asked of one table. *Within* clients: after a session that a client
        rated above their own usual, are symptoms lower at the next? *Between* clients: have
        those who rate higher than others fewer symptoms? Answers may differ, even in sign, so
        they are never blended.
        """
    )


@app.cell
def _(at):
    # A raw table as a service exports it: wide, one row per session. Read your own instead.
    made = at.simulate(at.Plan(clients=400, responses=False), seed=5)
    raw = made.scores.pivot("scale", index=["client", "therapist", "session"], values="score")
    raw.head(3)
    return (raw,)


@app.cell
def _(at, pl, raw):
    # Long, as every function here wants it; a missing score stays missing, it is never zero.
    wanted = {"session-check-in.alliance": "alliance", "phq9": "phq9"}
    scores = raw.unpivot(
        index=["client", "therapist", "session"],
        on=list(wanted),
        variable_name="scale",
        value_name="score",
    ).with_columns(pl.col("scale").replace(wanted))
    if scores.filter(pl.col("score").is_null()).is_empty():
        raise at.Problem("no score is missing, which is hardly so in real data")
    return (scores,)


@app.cell
def _(mo, pl, scores):
    seen = scores.group_by("scale").agg(
        clients=pl.col("client").n_unique(),
        scores=pl.col("score").count(),
        missing=pl.col("score").is_null().mean().round(3),
        mean=pl.col("score").mean().round(2),
        sd=pl.col("score").std().round(2),
    )
    mo.vstack([mo.md("## What there is"), seen])


@app.cell
def _(at, mo, scores):
    found = at.alliance_outcome(scores, alliance="alliance", outcome="phq9", lag=1)
    mo.md("## What holds\n\n" + "\n\n".join(found.sentences))
    return (found,)


@app.cell
def _(found, mo):
    mo.vstack([mo.md("## Every model, with its standing"), found.table])


@app.cell
def _(at, found, mo):
    figure = at.alliance_outcome_chart(found, alliance="working relationship", outcome="PHQ-9")
    mo.vstack([mo.md("## The figure"), figure])
    return (figure,)


@app.cell
def _(at, mo, pl, scores):
    # The same by hand: person-mean centring, then a multilevel model of one's own.
    wide = scores.pivot("scale", index=["client", "session"], values="score").sort(
        "client", "session"
    )
    rows = wide.with_columns(
        y=pl.col("phq9").shift(-1).over("client"),
        between=pl.col("alliance").mean().over("client"),
    ).with_columns(within=pl.col("alliance") - pl.col("between"))
    own = at.fit(rows.drop_nulls(), "y ~ within + between + session + (1 + within | client)")
    mo.vstack([mo.md("## By hand"), own.coefficients])
    return (own,)


if __name__ == "__main__":
    app.run()
