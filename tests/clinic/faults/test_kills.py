"""A real server and worker, killed again and again while answers come in from many phones.

``ATTUNEMENT_FAULTS=1000`` sends so many; without it the test is short. It runs on SQLite, and on
PostgreSQL where ``ATTUNEMENT_TEST_DATABASE`` names one.
"""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

HOST = "127.0.0.1"
COUNT = int(os.environ.get("ATTUNEMENT_FAULTS", "120"))
KILLS = max(3, COUNT // 50)
PHONES = 8
INSIDE = Path(__file__).with_name("inside.py")
CSRF = "a" * 32
ITEMS = 10
SAYS = {
    "csrfmiddlewaretoken": CSRF,
    "device": "one browser",
    "answer:phq9:9": 1,
    "answer:phq9:difficulty": 0,
} | {f"answer:phq9:{item}": 1 for item in range(1, 9)}


pytestmark = pytest.mark.long


@pytest.fixture(
    params=[
        pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("sqlite", "postgresql")
    ]
)
def outside(request, tmp_path):
    """The environment of a server with a database of its own."""
    address = f"sqlite:///{tmp_path / 'clinic.sqlite3'}"
    named = os.environ.get("ATTUNEMENT_TEST_DATABASE", "")
    keys = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("ATTUNEMENT_") and "KEY" in name
    }
    rest = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    settings = {"ATTUNEMENT_STATE": str(tmp_path), "POLARS_MAX_THREADS": "1"}
    with a_database(named) if request.param == "postgresql" else nothing(address) as address:
        yield {**rest, **keys, **settings, "ATTUNEMENT_DATABASE": address}


@contextmanager
def nothing(address):
    yield address


@contextmanager
def a_database(named):
    """Make a database beside the one that is named, for the time of a test."""
    import psycopg

    name = f"faults_{os.getpid()}"
    head, question, options = named.partition("?")
    with psycopg.connect(named, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield f"{head.rpartition('/')[0]}/{name}{question}{options}"
    with psycopg.connect(named, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Clinic:
    """A server and a worker that can be killed."""

    def __init__(self, environment, log):
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port = free.getsockname()[1]
        self.environment, self.log = environment, log.open("ab")
        self.children = {}

    def commands(self):
        yield "server", [
            sys.executable, "-m", "gunicorn", "attunement.clinic.conf.wsgi", "--config",
            "python:attunement.clinic.running.gunicorn", "--bind", f"{HOST}:{self.port}",
            "--workers", "2",
        ]  # fmt: skip
        yield "worker", [sys.executable, str(INSIDE), "worker"]

    def start(self):
        for name, command in self.commands():
            if name not in self.children:
                self.children[name] = subprocess.Popen(
                    command, env=self.environment, stdout=self.log, stderr=self.log,
                    start_new_session=True,
                )  # fmt: skip

    def kill(self, names=("server", "worker")):
        for name in names:
            child = self.children.pop(name, None)
            if child:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def end(self):
        self.kill()
        self.log.close()


def inside(environment, *what):
    done = subprocess.run(
        [sys.executable, str(INSIDE), *what],
        env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    lines = done.stdout.strip().splitlines()
    return json.loads(lines[-1]) if what[0] in {"prepare", "stock"} else None


class Phones(threading.Thread):
    """One of those who send, again and again until their answers are acknowledged."""

    def __init__(self, port, waiting, acknowledged, strange):
        super().__init__(daemon=True)
        self.port, self.waiting = port, waiting
        self.acknowledged, self.strange = acknowledged, strange

    def run(self):
        while True:
            try:
                secret = self.waiting.pop()
            except IndexError:
                return
            while not self.sent(secret):
                time.sleep(0.1)
            self.acknowledged.append(secret)
            if len(self.acknowledged) % 10 == 0:
                self.sent(secret)

    def sent(self, secret):
        line = http.client.HTTPConnection(HOST, self.port, timeout=60)
        try:
            line.request(
                "POST", f"/c/{secret}", urlencode(SAYS),
                {
                    "Cookie": f"csrftoken={CSRF}", "Accept": "application/json",
                    "Content-Type": "application/x-www-form-urlencoded",
                },
            )  # fmt: skip
            status = line.getresponse().status
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()
        if status not in {200, 503}:
            self.strange.append(status)
        return status == 200


def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(outside, tmp_path):
    secrets = inside(outside, "prepare", str(COUNT))
    clinic = Clinic(outside, tmp_path / "log")
    waiting, acknowledged, strange = list(secrets), [], []
    chance = random.Random(1)  # noqa: S311
    phones = [Phones(clinic.port, waiting, acknowledged, strange) for _ in range(PHONES)]
    try:
        clinic.start()
        for phone in phones:
            phone.start()
        for kill in range(1, KILLS + 1):
            while len(acknowledged) < kill * COUNT // (KILLS + 1) and any_alive(phones):
                time.sleep(0.05)
            time.sleep(chance.random() / 5)
            clinic.kill(("server", "worker") if kill % 3 else ("worker",))
            clinic.start()
        for phone in phones:
            phone.join(240)
    finally:
        clinic.end()
    assert not any_alive(phones)
    assert sorted(acknowledged) == sorted(secrets)
    assert not strange, (tmp_path / "log").read_text()[-3000:]
    inside(outside, "finish")
    there = inside(outside, "stock")
    chains = there.pop("chains")
    assert chains
    assert all(chains)
    once = {"1": COUNT}
    assert there == {
        "due": 0,
        "answered": COUNT,
        "answers": {str(ITEMS): COUNT},
        "scores": once,
        "events": once,
        "used": COUNT,
        "alerts": once,
        "opened": once,
        "further": once,
        "mails": {"1": 2 * COUNT},
        "undone": 0,
    }


def any_alive(phones):
    return any(phone.is_alive() for phone in phones)
