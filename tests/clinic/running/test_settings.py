"""Unsafe settings are refused in one list, and every setting is documented."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from attunement.clinic.conf.environment import Environment
from attunement.clinic.conf.mail import mail_settings
from attunement.clinic.conf.safety import Unsafe, refuse_unsafe
from attunement.clinic.running.state import SECRETS, kept_secrets, new_key, new_secrets, settle
from attunement.problems import Problem

ROOT = Path(__file__).parents[3]


def safe(**changes):
    """Settings of a clinic that nothing is wrong with."""
    made = {name.removeprefix("ATTUNEMENT_").lower(): new_secrets()[name] for name in new_secrets()}
    values = made | {
        "mode": "clinic",
        "database": "postgresql://clinic@db/clinic",
        "hosts": "clinic.example",
        "address": "https://clinic.example",
        "mail": "smtp+tls://user:word@mail.example",
        "mail_from": "Clinic <hello@clinic.example>",
        "require_mfa": True,
    }
    return Environment(**(values | changes))


def test_safe_settings_pass():
    refuse_unsafe(safe())


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"secret_key": "x" * 60}, "SECRET_KEY"),
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"keys": ""}, "KEYS"),
        ({"keys": "k1:" + "A" * 43 + "="}, "KEYS"),
        ({"keys": f"k1:{new_key()},k2:abc"}, "k2"),
        ({"audit_key": ""}, "AUDIT_KEY"),
        ({"hosts": "*"}, "HOSTS"),
        ({"hosts": "localhost,127.0.0.1"}, "HOSTS"),
        ({"address": "http://clinic.example"}, "ADDRESS"),
        ({"require_mfa": False}, "REQUIRE_MFA"),
        ({"database": ""}, "DATABASE"),
        ({"mail": ""}, "MAIL"),
        ({"mail_from": "Attunement <noreply@localhost>"}, "MAIL_FROM"),
    ],
)
def test_each_unsafe_setting_is_named(changes, named):
    with pytest.raises(Unsafe) as refused:
        refuse_unsafe(safe(**changes))
    (reason,) = refused.value.reasons
    assert named in reason


def test_a_start_lists_everything_that_is_unsafe_at_once_without_a_secret():
    env = {name: value for name, value in os.environ.items() if "ATTUNEMENT" not in name}
    env |= {"ATTUNEMENT_MODE": "clinic", "ATTUNEMENT_KEYS": "k1:c2VjcmV0IHdvcmQ="}
    del env["DJANGO_SETTINGS_MODULE"]
    done = subprocess.run(
        [sys.executable, "-m", "attunement", "doctor"],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n  - ") >= 7
    assert "c2VjcmV0" not in done.stderr


def test_a_demonstration_makes_its_secrets_once_and_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("ATTUNEMENT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("ATTUNEMENT_MODE", "demo")
    first: dict[str, str] = {}
    settle(first)
    again: dict[str, str] = {}
    settle(again)
    assert first == again
    file = tmp_path / "state" / SECRETS
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    file.chmod(0o644)
    with pytest.raises(Problem, match="others can read"):
        kept_secrets(file.parent)


def test_a_clinic_is_given_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("ATTUNEMENT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("ATTUNEMENT_MODE", "clinic")
    given: dict[str, str] = {}
    settle(given)
    assert given == {}
    assert not (tmp_path / "state").exists()


def test_a_mail_server_is_one_address():
    found = mail_settings("smtp+tls://me%40x.example:p%3Aw@mail.example")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == (
        "mail.example", 587, True,
    )  # fmt: skip
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("me@x.example", "p:w")
    with pytest.raises(Problem, match="cannot be read"):
        mail_settings("mail.example:25")


def test_every_setting_is_documented():
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    for name, field in Environment.model_fields.items():
        assert f"`ATTUNEMENT_{name.upper()}`" in page
        assert field.description
