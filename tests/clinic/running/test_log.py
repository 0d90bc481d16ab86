"""The log holds ids, never a name, an answer, an address or a token."""

import io
import json
import logging

import pytest
import structlog
from django.conf import settings

from support import house

SECRETS = ("Maya R.", "maya@home.example", "I am afraid", "s3cret-token", "Dana Levi")


@pytest.fixture
def log():
    """What the log says, line by line."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    made = settings.LOGGING["formatters"]["json"] | {}
    factory = made.pop("()")
    foreign = made.pop("foreign_pre_chain")
    handler.setFormatter(factory(foreign_pre_chain=foreign, **made))
    root, ours = logging.getLogger(), logging.getLogger("attunement")
    root.addHandler(handler)
    level, ours.level = ours.level, logging.INFO
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.removeHandler(handler)
    ours.setLevel(level)


def test_a_request_is_logged_by_its_route_and_id(client, therapist, log):
    house.sign_in(client, therapist)
    answer = client.get("/nothing/s3cret-token?name=Maya", headers={"X-Request-ID": "abcd1234"})
    assert answer["X-Request-ID"] == "abcd1234"
    said = next(line for line in log() if line["event"] == "request")
    assert (said["route"], said["status"], said["request"]) == ("unknown", 404, "abcd1234")
    assert "s3cret-token" not in json.dumps(log())


def test_an_id_that_could_forge_a_line_is_replaced(client, db, log):
    answer = client.get("/alive", headers={"X-Request-ID": 'x","event":"forged'})
    assert "forged" not in answer["X-Request-ID"]


def test_names_answers_and_addresses_in_errors_never_reach_the_log(client, db, log, monkeypatch):
    def broken(_request):
        raise ValueError(" ".join(SECRETS))

    monkeypatch.setattr("attunement.clinic.people.middleware.who", broken)
    client.raise_request_exception = False
    assert client.get("/?said=" + SECRETS[2]).status_code == 500
    logging.getLogger("somebody").error("could not greet %s", SECRETS[0])
    logging.getLogger("django.request").warning("Not Found: /c/%s", SECRETS[3])
    try:
        int(SECRETS[1])
    except ValueError:
        structlog.get_logger("attunement.x").exception("it broke")
        logging.getLogger("somebody").exception(SECRETS[4])
    lines = log()
    assert {line.get("error") for line in lines} >= {"ValueError"}
    text = json.dumps(lines)
    assert not any(word in text for word in SECRETS)


def test_a_failed_sign_in_leaves_no_address(client, db, log):
    client.post("/account/login/", {"login": SECRETS[1], "password": "I am afraid"})
    assert log()
    assert not any(word in json.dumps(log()) for word in SECRETS)


def test_the_log_is_json_with_a_time_a_level_and_a_logger(log):
    structlog.get_logger("attunement.x").warning("half done", done=3)
    (line,) = log()
    assert line["event"] == "half done"
    assert line["done"] == 3
    assert {"timestamp", "level", "logger"} <= set(line)
