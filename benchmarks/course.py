"""Signals and ruptures beside a plain DuckDB query of nine window columns, in one run.

Every measurement is a process of its own, started in turn with the one it is compared to:
reading Parquet included, wall clock and the highest memory the process held. Ratios are
what counts: absolute times differ from machine to machine.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console
from rich.progress import track
from rich.table import Table

CLIENTS = (1_000, 10_000, 100_000, 450_000)
ROUNDS = 5
console = Console(width=100)

NINE_WINDOWS = """
create table result as
with past as (
    select client, scale, session, score,
        avg(score) over course as mean,
        score - lag(score) over course as change,
        avg(score) over (course rows between 2 preceding and current row) as mean_of_three,
        count(score) over before as n,
        avg(score) over before as prior_mean,
        stddev_samp(score) over before as prior_sd,
        row_number() over course as place
    from read_parquet($file)
    window course as (partition by client, scale order by session),
           before as (course rows between unbounded preceding and 1 preceding)
), surprise as (
    select *, case when n >= 3 then (score - prior_mean) / nullif(prior_sd, 0) end as z from past
), sums as (
    select *,
        0.3 * pow(0.7, place) * sum(coalesce(z, 0) * pow(0.7, -place)) over course as ewma,
        sum(coalesce(z + 0.5, 0)) over course as total
    from surprise
    window course as (partition by client, scale order by session)
)
select *, total - greatest(0, max(total) over course) as cusum, z < -2.5 as alarm
from sums
window course as (partition by client, scale order by session)
"""


def write_scores(clients: int, file: Path) -> int:
    random = np.random.default_rng(clients)
    sessions = np.clip(random.poisson(12, clients), 1, 60)
    start = np.repeat(np.cumsum(sessions) - sessions, sessions)
    session = np.arange(sessions.sum()) - start + 1
    level = np.repeat(random.normal(5, 1, clients), sessions)
    table = pl.DataFrame(
        {
            "client": np.repeat(np.arange(clients), sessions),
            "scale": "alliance",
            "session": session,
            "score": level + 0.03 * session + random.normal(0, 0.35, len(session)),
        }
    )
    table.sample(fraction=1, shuffle=True, seed=1).write_parquet(file)
    return len(table)


def run_ours(file: str) -> float:
    from attunement.course.baseline import default_norms
    from attunement.course.strain.ruptures import ruptures
    from attunement.course.strain.signals import signals
    from attunement.measures.scale import Direction, Scale

    scale = Scale(name="alliance", direction=Direction.HIGHER, low=1, high=7)
    known, norms = {"alliance": scale}, {"alliance": default_norms(scale)}
    start = time.perf_counter()
    noticed = signals(pl.scan_parquet(file), known, norms).collect()
    ruptures(noticed, known)
    return time.perf_counter() - start


def run_duckdb(file: str) -> float:
    import duckdb

    start = time.perf_counter()
    duckdb.execute(NINE_WINDOWS, {"file": file})
    return time.perf_counter() - start


def run_command(file: str) -> float:
    """Run the command as a user does: checks, norms from the scores themselves, writing."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        code = "from attunement.cli import main; main()"
        options = ["course", file, "--out", folder, "--scale", "alliance=higher-is-better:-9-19"]
        subprocess.run(
            [sys.executable, "-c", code, *options], check=True, capture_output=True, text=True
        )
    return time.perf_counter() - start


RUNS = {"ours": run_ours, "duckdb": run_duckdb, "command": run_command}


def measure(who: str, file: Path) -> tuple[float, float]:
    command = [sys.executable, __file__, who, str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result = json.loads(done.stdout)
    return result["seconds"], result["megabytes"]


def one_client() -> tuple[float, float]:
    """Return median milliseconds for one client's table: prepared, and planned each time."""
    from attunement.course.baseline import default_norms
    from attunement.course.noticing import notice, prepare_notice
    from attunement.measures.scale import Direction, Scale

    scale = Scale(name="alliance", direction=Direction.HIGHER, low=1, high=7)
    known, norms = {"alliance": scale}, {"alliance": default_norms(scale)}
    score = np.random.default_rng(1).normal(5, 0.35, 12)
    table = pl.DataFrame({"client": 1, "scale": "alliance", "session": range(12), "score": score})
    prepared = prepare_notice(table.schema, known, norms)

    def timed(run: Callable[[], object]) -> float:
        start = time.perf_counter()
        run()
        return time.perf_counter() - start

    ways = (lambda: prepared(table), lambda: notice(table, known, norms))
    first, second = ([timed(way) for _ in range(200)] for way in ways)
    return 1000 * statistics.median(first), 1000 * statistics.median(second)


def main() -> None:
    shown = Table(
        "clients", "scores", "ours s", "DuckDB s", "ratio", "ours MB", "DuckDB MB",
        "command s", "command MB",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for clients in CLIENTS:
            file = Path(folder) / f"{clients}.parquet"
            rows = write_scores(clients, file)
            rounds = [
                [measure(who, file) for who in RUNS]
                for _ in track(range(ROUNDS), f"{clients:,} clients", console=console)
            ]
            ours, theirs, command = (
                [statistics.median(one) for one in zip(*side, strict=True)]
                for side in zip(*rounds, strict=True)
            )
            ratio = statistics.median(a[0] / b[0] for a, b, _ in rounds)
            shown.add_row(f"{clients:,}", f"{rows:,}", f"{ours[0]:.2f}", f"{theirs[0]:.2f}",
                          f"{ratio:.2f}", f"{ours[1]:.0f}", f"{theirs[1]:.0f}",
                          f"{command[0]:.2f}", f"{command[1]:.0f}")  # fmt: skip
    console.print(shown)
    ready, afresh = one_client()
    console.print(f"One client of 12 sessions, signals and ruptures: {ready:.2f} ms prepared,")
    console.print(f"{afresh:.2f} ms when planned each time")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        seconds = RUNS[sys.argv[1]](sys.argv[2])
        own, others = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
        peak = max(resource.getrusage(who).ru_maxrss for who in (own, others)) / 1024
        sys.stdout.write(json.dumps({"seconds": seconds, "megabytes": peak}))
    else:
        main()
