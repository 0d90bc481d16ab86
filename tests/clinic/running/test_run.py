"""One command opens a clinic and closes it cleanly."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from attunement.clinic.running.opening import await_answer, clear, free_port

pytestmark = [pytest.mark.sqlite, pytest.mark.long]
PATIENCE = 420


def environment(state):
    own = {name: value for name, value in os.environ.items() if "ATTUNEMENT" not in name}
    own.pop("DJANGO_SETTINGS_MODULE", None)
    return own | {"ATTUNEMENT_STATE": str(state), "PYTHONUNBUFFERED": "1"}


class Opened:
    """A clinic that was opened as people open it."""

    def __init__(self, state, *options):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "attunement", "clinic", "run", *options],
            env=environment(state),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = ""
        until = time.monotonic() + PATIENCE
        while "Ctrl-C closes" not in self.said and time.monotonic() < until:
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line
        if "Ctrl-C closes" not in self.said:
            self.process.kill()
        assert "Ctrl-C closes" in self.said
        self.address = re.search(r"http://[\d.]+:\d+", self.said)[0]

    def get(self, path):
        for _ in range(600):
            try:
                with urlopen(self.address + path, timeout=20) as answer:  # noqa: S310
                    return answer.status, answer.read().decode()
            except OSError:
                time.sleep(0.2)
        raise AssertionError("the server does not answer")

    def close(self):
        """Press Ctrl-C: everybody in the terminal's group is interrupted."""
        os.killpg(self.process.pid, signal.SIGINT)
        rest, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, rest


def test_it_opens_says_who_may_come_in_and_closes_cleanly_twice(tmp_path):
    state = tmp_path / "state"
    port = free_port("127.0.0.1", 21000)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        first = Opened(state, "--port", str(port))
    try:
        assert not first.address.endswith(f":{port}")
        assert "made-up clients" in first.said
        assert "therapist@demo.example" in first.said
        assert first.get("/ready")[0] == 200
        page = first.get("/account/login/")[1]
        assert "nobody here is a real person" in page
        style = re.search(r'href="(/static/clinic/clinic\.[^"]+css)"', page)[1]
        assert first.get(style)[0] == 200
        link = re.search(r"/c/\S+", first.said)[0]
        assert first.get(link)[0] == 200
    finally:
        code, rest = first.close()
    assert code == 0, rest
    assert "The clinic is closed." in rest
    assert "Traceback" not in rest
    assert "leaked" not in rest
    for file in ("secrets.env", "clinic.sqlite3"):
        assert (state / file).stat().st_mode & 0o077 == 0
    again = Opened(state, "--port", str(port))
    try:
        assert "made-up clients" not in again.said
        with urlopen(f"{again.address}/alive", timeout=20) as answer:  # noqa: S310
            assert answer.status == 200, "the address is said once the server answers"
    finally:
        code, rest = again.close()
    assert code == 0, rest
    assert rest.strip() == "The clinic is closed."


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_is_interrupted_while_starting_leaves_nobody_behind(number):
    code = f"""
import os, signal, sys
from attunement.clinic.running import processes

def hear(*_):
    raise KeyboardInterrupt

signal.signal(signal.{number.name}, hear)
usual = processes.start

def start(command):
    child = usual(command)
    print(child.pid, flush=True)
    os.kill(os.getpid(), signal.{number.name})
    return child

processes.start = start
sys.exit(processes.together(*[["sleep", "300"]] * 2))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.split()) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in done.stdout.split())


def test_the_clinic_closes_cleanly_while_it_is_still_waiting_for_its_server():
    code = """
import os, signal, sys, threading
from attunement.clinic.running import opening, processes

def started(lives):
    threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT]).start()
    opening.await_answer("127.0.0.1", opening.free_port("127.0.0.1", 21600), lives)
    print("still here")

sys.exit(processes.together(*[["sleep", "300"]] * 2, started))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_whoever_waits_for_an_answer_hears_when_the_server_ends_before_it():
    left = [True, True, False]
    port = free_port("127.0.0.1", 21500)
    assert not await_answer("127.0.0.1", port, lambda: left.pop(0))
    assert not left


def test_starting_over_removes_what_is_ours_and_nothing_else(tmp_path):
    for name in ("clinic.sqlite3", "audit-heads.json", "secrets.env", "somebody-elses.txt"):
        (tmp_path / name).write_text("there")
    (tmp_path / "static").mkdir()
    clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["somebody-elses.txt"]


def test_a_clinic_for_real_people_is_never_opened_by_this_command(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "attunement", "clinic", "run", "--fresh"],
        env=environment(tmp_path) | {"ATTUNEMENT_MODE": "clinic"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "opens a synthetic clinic" in done.stderr


@pytest.mark.parametrize("command", [["doctor"], ["clinic", "keys", "list"], ["audit", "verify"]])
def test_commands_that_only_look_make_nothing_and_say_where_they_looked(tmp_path, command):
    done = subprocess.run(
        [sys.executable, "-m", "attunement", *command],
        env=environment(tmp_path / "state"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert f"{tmp_path / 'state'}: no clinic here;" in done.stderr
    assert "attunement clinic run" in done.stderr
    assert list(tmp_path.iterdir()) == []
