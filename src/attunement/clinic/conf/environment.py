"""What the environment says: every setting of a clinic, with its meaning and its default."""

from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

DATABASE = "clinic.sqlite3"
HEADS = "audit-heads.json"


class Mode(StrEnum):
    """What the clinic is run for."""

    DEMO = "demo"
    CLINIC = "clinic"


class LogLevel(StrEnum):
    """How much is logged."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Environment(BaseSettings):
    """Settings from variables such as ``ATTUNEMENT_DATABASE``."""

    model_config = SettingsConfigDict(env_prefix="ATTUNEMENT_", frozen=True)

    mode: Mode = Field(
        Mode.DEMO,
        description="`demo` runs a synthetic clinic on this machine, marked as such on every page; "
        "`clinic` is for real use and refuses unsafe settings",
    )
    state: Path = Field(
        Path("out/clinic"),
        description="folder for the embedded database, a demonstration's secrets, static files "
        "and mail",
    )
    database: str = Field(
        "", description="database address, such as postgresql://...; SQLite in `state` where empty"
    )
    secret_key: SecretStr = Field(SecretStr(""), description="signs cookies; 50 characters or more")
    keys: SecretStr = Field(
        SecretStr(""),
        description="keys that encrypt free text, as `name:base64` of 32 bytes, separated by "
        "commas; the first one encrypts, all of them decrypt",
    )
    audit_key: SecretStr = Field(
        SecretStr(""), description="key that chains the audit, base64 of 32 bytes; never rotated"
    )
    hosts: str = Field(
        "localhost,127.0.0.1,[::1]", description="names under which the clinic is reached"
    )
    address: str = Field(
        "http://127.0.0.1:8000", description="address that links in e-mails begin with"
    )
    mail: str = Field(
        "",
        description="mail server, such as smtp+tls://user:password@mail.example:587; "
        "messages stay in a folder of `state` where empty",
    )
    mail_from: str = Field("Attunement <noreply@localhost>", description="sender of e-mails")
    proxies: int = Field(
        0, ge=0, description="number of trusted proxies in front, for the caller's address"
    )
    require_mfa: bool = Field(
        default=True,
        description="whether staff need a second factor; only a demo may switch it off",
    )
    session_minutes: int = Field(
        30, ge=5, le=720, description="minutes without activity after which staff are signed out"
    )
    log_level: LogLevel = Field(
        LogLevel.INFO, description="from which level on events are logged, as JSON with ids only"
    )


@cache
def environment() -> Environment:
    """Read the environment once."""
    return Environment()
