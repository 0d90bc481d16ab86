"""Where the time of one submission goes, in this process."""

import cProfile
import logging
import pstats
import time

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rich.console import Console

from web.asking import submissions
from web.fill import Filled
from web.processor import parent, seconds

HOST = "127.0.0.1"
WARM, COUNTED, LISTED = 100, 250, 90


def show(filled: Filled, console: Console) -> None:
    """Show processor time, statements and functions."""
    logging.getLogger("attunement").setLevel(logging.WARNING)
    requests = iter(submissions(filled, WARM + 2 * COUNTED + 1, HOST))
    browser = Client()
    for _ in range(WARM):
        send(browser, next(requests))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        database = parent(cursor.fetchone()[0])
    before, cpu, start = seconds(database), time.process_time(), time.perf_counter()
    for _ in range(COUNTED):
        send(browser, next(requests))
    mine, theirs = time.process_time() - cpu, seconds(database) - before
    wall = time.perf_counter() - start
    console.print(
        f"one submission: {1000 * mine / COUNTED:.2f} ms of processor time here, "
        f"{1000 * theirs / COUNTED:.2f} ms in PostgreSQL, {1000 * wall / COUNTED:.2f} ms on the "
        "clock"
    )
    with CaptureQueriesContext(connection) as captured:
        send(browser, next(requests))
    for query in captured:
        console.print(query["time"], query["sql"][:100], markup=False)
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    for _ in range(COUNTED):
        send(browser, next(requests))
    profile.disable()
    pstats.Stats(profile).sort_stats("cumulative").print_stats(LISTED)


def send(browser: Client, said: bytes) -> None:
    """Let this process answer a request."""
    head, _, body = said.partition(b"\r\n\r\n")
    cookie = head.partition(b"Cookie: ")[2].partition(b"\r\n")[0].decode()
    browser.cookies.load(cookie)
    answer = browser.post(
        head.split()[1].decode(), body.decode(), content_type="application/x-www-form-urlencoded",
        headers={"accept": "application/json", "host": HOST},
    )  # fmt: skip
    if answer.status_code != 200:
        raise RuntimeError(answer.content[:300])
