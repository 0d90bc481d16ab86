"""The whole report on a programme: time and peak memory by size, and where the time goes.

Tables are made up and lie in Parquet. A process of its own reads them as the command does, writes
the page, and says which step took how long, and the most memory it had held by then. Below stand
the functions of ours that each step called, as a profile of the same run saw them. Seconds are
those of the clock; where others use the machine, processor seconds of all threads say more.

    script/bench programme                     1,000 to 450,000 clients
    script/bench programme 10000 100000        these numbers of clients
"""

import cProfile
import json
import os
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.tree import Tree

CLIENTS = (1_000, 10_000, 100_000, 450_000)
GIGABYTES = 4
SECONDS = 60
DEEPEST, LEAST = 5, 0.02
BETWEEN = ("<", "_tried", "wrapper")
OURS = f"{os.sep}attunement{os.sep}"
console = Console(width=110)


def write_tables(clients: int, folder: Path) -> int:
    """Make up a programme and write its tables; return the number of sessions."""
    from attunement import Plan, simulate

    plan = Plan(
        clients=clients,
        therapists=max(20, clients // 225),
        sites=12,
        responses=False,
        therapist_form=False,
        intake_weeks=100,
    )
    made = simulate(plan, seed=1)
    people = made.truth.clients.select("client", "therapist", "site").with_columns(
        funding=pl.Series(["own", "insurer", "county", "charity"]).gather(
            pl.int_range(clients, eager=True) % 4
        )
    )
    tables = {"scores": made.scores, "attendance": made.attendance, "people": people}
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    return made.attendance.height


def report(folder: Path) -> None:
    """Read, compute and write, as the command does; print what it took as JSON."""
    profile = cProfile.Profile()
    steps: dict[str, tuple[float, float]] = {}
    begin, processor = time.perf_counter(), time.process_time()
    profile.enable()
    figures = whole(folder, steps)
    profile.disable()
    stats = pstats.Stats(profile).stats
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - begin,
                "processor": time.process_time() - processor,
                "gigabytes": peak(),
                "figures": figures,
                "steps": steps,
                "tree": branches(stats, key_of(stats, "whole"), 0, ()),
            }
        )
    )


def peak() -> float:
    """Give the most memory that this process has held, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def whole(folder: Path, steps: dict[str, tuple[float, float]]) -> int:
    """Do everything, and note when each step ended."""
    last = ["Loading the program", time.perf_counter()]

    def note(step: str, _done: int = 0, _of: int = 0) -> None:
        now = time.perf_counter()
        steps[last[0]] = (now - last[1], peak())
        last[:] = [step, now]

    from datetime import date

    from attunement.cli.programme.folder import open_folder, units_of
    from attunement.cli.programme.outcomes import measures_of
    from attunement.report import programme as room

    note("Opening the files")
    given = open_folder(folder, None, None, None)
    asked = room.Asked(
        alliance=given.scales["session-check-in.alliance"],
        measures=measures_of(given.scales, ()),
        by=("funding",),
        units=units_of(given),
    )
    found = room.programme(given.scores, given.attendance, given.people, asked=asked, progress=note)
    page = room.document(found, drawn_on=date(2026, 1, 1), synthetic=True)
    (folder / "report.html").write_text(room.to_html(page), encoding="utf-8")
    note("Writing tables of figures and the PDF")
    (folder / "report.pdf").write_bytes(room.to_pdf(page))
    table = room.figures_table(page.figures)
    table.write_csv(folder / "figures.csv")
    table.write_parquet(folder / "figures.parquet")
    note("")
    return len(page.figures)


def key_of(stats: dict, name: str) -> tuple:
    """Find a function of this file in a profile."""
    return next(key for key in stats if key[2] == name and key[0] == __file__)


def branches(stats: dict, parent: tuple, depth: int, path: tuple) -> list:
    """List what a function called of ours, each with its seconds and what it called in turn."""
    total = stats[key_of(stats, "whole")][3]
    found = []
    for key, (*_, callers) in stats.items():
        if depth == DEEPEST or parent not in callers or key in path or OURS not in key[0]:
            continue
        seconds = callers[parent][3]
        if seconds < LEAST * total:
            continue
        if key[2].startswith(BETWEEN):
            found += branches(stats, key, depth, (*path, key))
            continue
        calls = branches(stats, key, depth + 1, (*path, key))
        found.append(
            {"name": key[2], "file": Path(key[0]).stem, "seconds": seconds, "calls": calls}
        )
    return sorted(found, key=lambda each: -each["seconds"])


def measured(folder: Path) -> dict[str, object]:
    """Run one report in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", __file__, "report", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def grown(tree: Tree, calls: list) -> Tree:
    for each in calls:
        name = f"{each['seconds']:7.2f} s  {each['file']}.{each['name']}"
        grown(tree.add(name), each["calls"])
    return tree


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or list(CLIENTS)
    shown = Table(
        "clients", "sessions", "seconds", "processor", "µs a client", "peak GB", "figures"
    )
    found = {}
    for clients in track(sizes, console=console, description="Reporting", transient=True):
        with tempfile.TemporaryDirectory() as folder:
            sessions = write_in_a_process(clients, Path(folder))
            found = measured(Path(folder))
        shown.add_row(
            f"{clients:,}", f"{sessions:,}", f"{found['seconds']:.1f}",
            f"{found['processor']:.1f}", f"{1e6 * found['seconds'] / clients:,.0f}",
            f"{found['gigabytes']:.2f}", f"{found['figures']:,}",
        )  # fmt: skip
    console.print(shown)
    steps = Table("step", "seconds", "share", "GB by then", title=f"{sizes[-1]:,} clients, by step")
    for step, (seconds, gigabytes) in found["steps"].items():
        share = seconds / found["seconds"]
        steps.add_row(step, f"{seconds:.1f}", f"{share:.0%}", f"{gigabytes:.2f}")
    console.print(steps)
    console.print(grown(Tree(f"{found['seconds']:7.2f} s  everything"), found["tree"]))
    within = found["seconds"] < SECONDS and found["gigabytes"] < GIGABYTES
    aim = f"{SECONDS} s and {GIGABYTES} GB"
    console.print(f"{'Within' if within else 'Beyond'} the aim of {aim}.")


def write_in_a_process(clients: int, folder: Path) -> int:
    """Make tables up without keeping their memory."""
    done = subprocess.run(
        [sys.executable, __file__, "write", str(clients), str(folder)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(done.stdout)


if __name__ == "__main__":
    if sys.argv[1:2] == ["report"]:
        report(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["write"]:
        print(write_tables(int(sys.argv[2]), Path(sys.argv[3])))
    else:
        main()
