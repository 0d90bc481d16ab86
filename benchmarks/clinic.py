"""The clinic on PostgreSQL as it grows: submissions, the caseload and the client page.

Everything runs on the machine's own cores: PostgreSQL with its defaults (every commit reaches the
disk), gunicorn as the clinic starts it, and the browsers. Beside it, in turns, a bare Django view
that only inserts one row, on as many workers and threads: ratios are what counts.

    script/bench clinic                     1,000 to 450,000 clients; takes a while, and 25 GB
    script/bench clinic --most 10000        no further than that
    script/bench clinic --seconds 5 --sizes 1000,10000
    script/bench clinic --keep FOLDER           keep the filled databases, and use those kept
    script/bench clinic --keep FOLDER --fill    fill them, and measure nothing
    script/bench clinic --most 1000 --profile   where one submission's time goes

Times are milliseconds; of pages, with one reader and with two at once, none of whom pauses. "web",
"db" and "sent" are processor time for one submission: of the server, of PostgreSQL, and of the one
who sends it, who shares the cores. A busy machine spoils them less than the others. Sign-in is not
part of it.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

import numpy as np  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.progress import Progress  # noqa: E402
from rich.table import Table  # noqa: E402
from web import clinics  # noqa: E402
from web.load import Measured, load, request  # noqa: E402
from web.processor import parent, seconds  # noqa: E402

CLIENTS = (1_000, 10_000, 100_000, 450_000)
HOST, PORT, BARE_PORT = "127.0.0.1", 8121, 8122
HERE_IT_IS, BARE_IS = f"{HOST}:{PORT}", f"{HOST}:{BARE_PORT}"
CONNECTIONS, READERS = 8, (1, 2)
WARM, TURNS = 400, 4
PAGES = 200
MOST_A_SECOND = {PORT: 500, BARE_PORT: 4000}
console = Console(width=120)


def main() -> None:
    said = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    said.add_argument("--most", type=int, default=CLIENTS[-1], help="clients at most")
    said.add_argument("--sizes", help="numbers of clients to measure at, such as 1000,450000")
    said.add_argument("--keep", type=Path, help="folder in which the filled databases stay")
    said.add_argument("--fill", action="store_true", help="fill the databases, measure nothing")
    said.add_argument("--seconds", type=float, default=20, help="of load for each figure")
    said.add_argument(
        "--profile", action="store_true", help="show where one submission's time goes"
    )
    options = said.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what we started is ended
    wanted = map(int, options.sizes.split(",")) if options.sizes else CLIENTS
    sizes = [size for size in sorted(wanted) if size <= options.most] or [options.most]
    with (
        tempfile.TemporaryDirectory() as folder,
        clinics.postgres(options.keep) as server,
    ):
        clinics.set_up(server, folder)
        fill(server, sizes)
        if options.profile:
            show_profile(server, sizes[-1])
        elif not options.fill:
            run(server, sizes, options.seconds)
        clinics.leave()


def fill(server: str, sizes: Sequence[int]) -> None:
    """Fill a database of each size, before anything is measured."""
    for size in sizes:
        with Progress(console=console) as progress:
            bar = progress.add_task(f"{size:,} clients", total=size)
            clinics.fill(server, size, lambda more, bar=bar: progress.advance(bar, more))
        if clinics.outdated(server, size):
            console.print(
                "[yellow]it was filled under other migrations: what was changed in them is not"
            )


def show_profile(server: str, size: int) -> None:
    """Show where the time of a submission goes."""
    from web.fill import Filled
    from web.profile import show

    clinics.turn_to(server, clinics.name(size))
    show(Filled.found(), console)


def run(server: str, sizes: Sequence[int], long: float) -> None:
    """Measure at every size, and show all that was measured."""
    from web.fill import Filled

    shown = Table(
        "clients", "kept/s", "p50", "p95", "p99", "web", "db", "sent", "bare/s", "p99", "cpu",
        "ratio", "caseload p95", "client p95",
    )  # fmt: skip
    for size in sizes:
        clinics.turn_to(server, clinics.name(size))
        filled = Filled.found()
        with serving() as children:
            shown.add_row(*measure(filled, long, children))
        console.print(shown)


@contextmanager
def serving() -> Iterator[list[int]]:
    """Serve the clinic and the yardstick; give the processes of both."""
    from attunement.clinic.running import gunicorn
    from attunement.clinic.running.processes import server

    command = server(HOST, PORT)
    bare = [
        *command[:3], "web.bare", "--chdir", str(HERE), "--bind", BARE_IS, "--workers", command[-1],
        "--worker-class", gunicorn.worker_class, "--threads", str(gunicorn.threads),
        "--log-level", "error",
    ]  # fmt: skip
    said = (Path(os.environ["ATTUNEMENT_STATE"]) / "server.log").open("a")
    children = [subprocess.Popen(one, stdout=said, stderr=said) for one in (command, bare)]
    try:
        for port in (PORT, BARE_PORT):
            wait_for(port)
        yield [child.pid for child in children]
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait()


def wait_for(port: int) -> None:
    """Wait until someone answers, whatever they say."""
    for _ in range(600):
        with suppress(ConnectionError):
            send(port, [request("GET", "/language", f"{HOST}:{port}")] * CONNECTIONS, 60)
            return
        time.sleep(0.1)
    raise TimeoutError("the server does not answer")


def measure(filled, long: float, children: Sequence[int]) -> list[str]:
    """Give one row of the table."""
    from web.asking import caseloads, client_pages, look_after

    full, bare = submitting(filled, long, children)
    look_after(filled)
    with console.status(f"{filled.clients:,} clients: pages"):
        caseload, client = (read(write(PAGES, HERE_IT_IS)) for write in (caseloads, client_pages))
    pages = [("caseloads", one) for one in caseload] + [("client pages", one) for one in client]
    for name, one in (("submissions", full), ("inserts", bare), *pages):
        if one.wrong:
            console.print(f"[red]{one.wrong} {name} were not answered as expected")
    return [
        f"{filled.clients:,}", f"{full.rate:.0f}", f"{full.at(50):.0f}", f"{full.at(95):.0f}",
        f"{full.at(99):.0f}", f"{full.web:.2f}", f"{full.database:.2f}", f"{full.sent:.2f}",
        f"{bare.rate:.0f}", f"{bare.at(99):.0f}", f"{bare.web + bare.database:.2f}",
        f"{bare.rate / full.rate:.1f}", *(
            " / ".join(f"{one.at(95):.0f}" for one in page) for page in (caseload, client)
        ),
    ]  # fmt: skip


def submitting(filled, long: float, children: Sequence[int]) -> "tuple[Turns, Turns]":
    """Measure submissions, and the bare view in turns with them."""
    from web.asking import inserts, submissions

    with console.status(f"{filled.clients:,} clients: writing what will be sent"):
        first = submissions(filled, WARM, HERE_IT_IS)
        most = submissions(filled, int(long * MOST_A_SECOND[PORT]), HERE_IT_IS)
        least = inserts(int(long * MOST_A_SECOND[BARE_PORT]), BARE_IS)
    full, bare = Turns(children[0]), Turns(children[1])
    with console.status(f"{filled.clients:,} clients: submissions, and the bare view in turns"):
        send(PORT, first, 60)
        for turn in range(TURNS):
            bare.add(lambda turn=turn: send(BARE_PORT, least[turn::TURNS], long / TURNS / 2))
            full.add(lambda turn=turn: send(PORT, most[turn::TURNS], long / TURNS))
    return full, bare


class Turns:
    """What was measured in several turns, as one."""

    def __init__(self, server: int) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.roots = (server, parent(cursor.fetchone()[0]))
        self.parts: list[Measured] = []
        self.processor = np.zeros(2)

    def add(self, run: Callable[[], Measured]) -> None:
        """Measure one turn."""
        before = self.taken()
        self.parts.append(run())
        self.processor += self.taken() - before

    def taken(self) -> np.ndarray:
        """Give the processor seconds of the server and of PostgreSQL so far."""
        return np.array([seconds(root) for root in self.roots])

    @property
    def each(self) -> np.ndarray:
        """Seconds for each answer."""
        return np.concatenate([one.each for one in self.parts])

    @property
    def wrong(self) -> int:
        """How many were not answered as expected."""
        return sum(one.wrong for one in self.parts)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.each) / sum(one.seconds for one in self.parts)

    @property
    def web(self) -> float:
        """Milliseconds of processor time for one answer, of the server."""
        return 1000 * self.processor[0] / len(self.each)

    @property
    def database(self) -> float:
        """The same of PostgreSQL."""
        return 1000 * self.processor[1] / len(self.each)

    @property
    def sent(self) -> float:
        """The same of the one who sent it."""
        return 1000 * sum(one.own for one in self.parts) / len(self.each)

    def at(self, percent: float) -> float:
        """Milliseconds within which so many percent were answered."""
        return float(np.percentile(self.each, percent)) * 1000


def send(port: int, requests: Sequence[bytes], long: float) -> Measured:
    """Send requests over all connections, until time is over."""
    return load((HOST, port), requests, connections=CONNECTIONS, most_seconds=long, expect=200)


def read(asked: Sequence[bytes]) -> list[Measured]:
    """Read pages one after the other, and by two people at once, without a pause."""
    address = (HOST, PORT)
    load(address, asked[:20], connections=max(READERS), most_seconds=60, expect=200)
    return [
        load(address, asked, connections=readers, most_seconds=120, expect=200)
        for readers in READERS
    ]


if __name__ == "__main__":
    main()
