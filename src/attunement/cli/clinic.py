"""``attunement clinic``: open it, keep it running, look after its keys and its backups."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from attunement.cli import show
from attunement.cli.begin import begin, begin_where_one_is, begin_with_tables
from attunement.cli.options import Panel
from attunement.problems import Problem

STOPPED = 2
OPEN = "Example: attunement clinic run --fresh"

app = typer.Typer(no_args_is_help=True, help="The web application for a practice or a service.")
keys = typer.Typer(no_args_is_help=True, help="The keys that encrypt free text.")
app.add_typer(keys, name="keys")

Host = Annotated[str, typer.Option(help="On which address of this machine to listen.")]
Port = Annotated[int, typer.Option(help="On which port.", min=1, max=65535)]


def register(root: typer.Typer) -> None:
    """Add the group."""
    root.add_typer(app, name="clinic", rich_help_panel=Panel.CLINIC)


@app.command(epilog=OPEN)
def run(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget everything and make the people up anew.")
    ] = False,
) -> None:
    """Open a synthetic clinic on this machine, server and worker, until Ctrl-C."""
    from attunement.clinic.conf.environment import Environment, Mode
    from attunement.clinic.running import opening, processes

    asked = Environment()
    if asked.mode is not Mode.DEMO:
        raise Problem(
            "this command opens a synthetic clinic, and ATTUNEMENT_MODE says 'clinic'",
            "use 'attunement clinic serve' and 'attunement clinic worker'",
        )
    free = opening.free_port(host, port)
    if fresh:
        opening.clear(asked.state)
    opening.at(host, free)
    begin()
    with show.working("Bringing the database up to date ..."):
        opening.migrate()
    fill()
    with show.working("Gathering static files ..."):
        opening.collect()
    said = greeting()

    def started(lives: Callable[[], bool]) -> None:
        with show.working("One moment, until the clinic answers ..."):
            answers = opening.await_answer(host, free, lives)
        if answers:
            greet(said)

    code = processes.together(processes.server(host, free), processes.worker(), started)
    show.say("The clinic is closed.")
    if code:
        raise typer.Exit(STOPPED)


@dataclass(frozen=True, kw_only=True)
class Greeting:
    """What is said of a synthetic clinic once it answers."""

    address: str
    logins: list[tuple[str, str, str]]
    sentences: list[str]


def greeting() -> Greeting:
    """Find out where the clinic is and who may come in."""
    from django.conf import settings

    from attunement.clinic.demo.show import is_of_another_day, link_to_try, logins

    sentences = []
    if found := link_to_try():
        sentences.append(
            f"A check-in to answer, as {found.name}, a client of the therapist's who has no "
            f"account: {found.link}"
        )
    if is_of_another_day():
        sentences.append(
            "These people were made up some time ago: --fresh makes others, up to today."
        )
    if not settings.SECOND_FACTOR:
        sentences.append(
            "WITHOUT A SECOND FACTOR, since nobody here is real. Real use demands one."
        )
    return Greeting(
        address=settings.ADDRESS,
        logins=logins(),
        sentences=[*sentences, "Ctrl-C closes the clinic."],
    )


def greet(said: Greeting) -> None:
    """Say where the clinic is and who may come in."""
    show.table(
        f"Synthetic clinic: {said.address}",
        {"sign in as": "left", "e-mail": "left", "password": "left"},
        said.logins,
    )
    for sentence in said.sentences:
        show.say(sentence)


@app.command(epilog="Example: attunement clinic demo")
def demo() -> None:
    """Fill an empty database with a synthetic clinic."""
    from attunement.clinic.conf.environment import Mode

    if begin_with_tables().mode is not Mode.DEMO:
        raise Problem(
            "made-up people belong in a demonstration, and ATTUNEMENT_MODE says 'clinic'",
            "leave ATTUNEMENT_MODE out, and name another database",
        )
    fill()


@app.command(
    epilog="Example: attunement clinic found 'Harbour practice' 'Kim Park' kim@clinic.example "
    "--time-zone Europe/London"
)
def found(
    site: Annotated[str, typer.Argument(show_default=False, help="Name of the site.")],
    name: Annotated[str, typer.Argument(show_default=False, help="Name of its administrator.")],
    email: Annotated[str, typer.Argument(show_default=False, help="Under which they sign in.")],
    time_zone: Annotated[str, typer.Option(help="Of the site, such as Europe/Berlin.")] = "UTC",
) -> None:
    """Make a site and its first administrator, and print where they choose a password."""
    from attunement.clinic.conf.environment import Mode

    if begin_with_tables().mode is Mode.DEMO:
        raise Problem(
            "a clinic for real people cannot be founded in a demonstration",
            "set ATTUNEMENT_MODE=clinic first",
        )
    from attunement.clinic.running.founding import found as make

    address = make(site=site, name=name, email=email, time_zone=time_zone)
    show.say("The administrator chooses a password here; the address is for them alone:")
    typer.echo(address)


def fill() -> None:
    """Make people up, where there is nobody."""
    from attunement.clinic.demo.fill import fill as make

    with show.steps("Making people up ...") as progress:
        made = make(progress=progress)
    if made:
        show.say(
            f"{show.counted(made.clients, 'made-up client')}, "
            f"{show.counted(made.sessions, 'session')}, {show.counted(made.alerts, 'alert')}."
        )


@app.command(epilog="Example: attunement clinic serve --host 127.0.0.1 --port 8000 --workers 4")
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(help="Processes of the server.", min=1)] = 2,
) -> None:
    """Serve the clinic, and nothing else."""
    import os

    from attunement.clinic.running import opening, processes

    begin_with_tables()
    opening.collect()
    command = processes.server(host, port, workers)
    os.execve(command[0], command, {**os.environ, **processes.QUIET})  # noqa: S606


@app.command(epilog="Example: attunement clinic worker")
def worker() -> None:
    """Do what is due: invitations, escalation, expiry."""
    from threading import Event

    from attunement.clinic.jobs.stopping import hear

    stop = Event()
    hear(stop)
    begin_with_tables()
    from attunement.clinic.jobs.worker import run as work

    work(stop)


@app.command(epilog="Example: attunement clinic migrate")
def migrate() -> None:
    """Bring the database up to date, after an upgrade and before the server starts."""
    begin()
    from attunement.clinic.running import opening

    opening.migrate()
    show.say("The database is up to date.")


@app.command(epilog="Example: attunement clinic backup /var/backups/clinic-monday.tar")
def backup(
    to: Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help="Where to.")],
) -> None:
    """Copy the database while the clinic runs, to one file that only you can read.

    The file holds no keys: without them nobody can read the texts in it. Keep them elsewhere.
    """
    begin_with_tables()
    from attunement.clinic.running.backup import back_up

    with show.working("Copying the database ..."):
        made = back_up(to)
    show.say(f"{show.counted(made.events, 'audit event')}, {made.bytes:,} bytes.")
    show.written([to])


@app.command(epilog="Example: attunement clinic restore /var/backups/clinic-monday.tar")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help="A backup.")],
) -> None:
    """Put a backup into an empty database, and check the audit and the keys."""
    begin()
    from attunement.clinic.running.restore import bring_back

    with show.working("Bringing the database back ..."):
        found = bring_back(file)
    show.say(
        f"Restored: {show.counted(found.clients, 'client')}, "
        f"{show.counted(found.events, 'audit event')}, the audit's chain is whole."
    )
    show.say("Whoever was erased since is there again: see 'attunement clinic erase-again'.")


@app.command(epilog="Example: attunement clinic erasures --since 2026-11-02")
def erasures(
    since: Annotated[datetime, typer.Option(help="The day of the backup.", formats=["%Y-%m-%d"])],
) -> None:
    """List the clients whose records were erased since a day, by id: for after a restore."""
    begin_with_tables()
    from django.utils import timezone

    from attunement.clinic.privacy.again import erased_since

    for client in erased_since(timezone.make_aware(since)):
        typer.echo(client)


@app.command(epilog="Example: attunement clinic erase-again erased.txt")
def erase_again(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            show_default=False,
            help="What 'attunement clinic erasures' printed, or a log of the clinic.",
        ),
    ],
) -> None:
    """Erase at once whom a restored backup has brought back, before anybody signs in."""
    begin_with_tables()
    from attunement.clinic.privacy.again import erase_again as again
    from attunement.clinic.privacy.again import ids_in

    with show.working("Erasing ..."):
        done = again(ids_in(file))
    show.say(f"{show.counted(done, 'record')} erased again.")


@app.command(epilog="Example: attunement clinic retrain --site 'Harbour practice'")
def retrain(
    site: Annotated[
        str | None, typer.Option(show_default=False, help="Name of one site; all where absent.")
    ] = None,
) -> None:
    """Learn anew who may drift away, from each site's own data, and look at everyone in care.

    Each version is kept with its test on those who began later. Where it did not hold there, or
    there was too little to learn from, nothing is suggested.
    """
    begin_with_tables()
    from attunement.clinic.drift.retraining import retrain as learn

    with show.working("Learning ..."):
        done = learn(site)
    for one in done:
        show.say(f"{one.site}: {one.words}.")


@keys.command("new", epilog="Example: attunement clinic keys new")
def keys_new() -> None:
    """Print new secrets for a clinic: a signing key, a key for texts, and the audit's key."""
    from attunement.clinic.running.state import new_secrets

    for name, value in new_secrets().items():
        typer.echo(f"{name}={value}")


@keys.command("list", epilog="Example: attunement clinic keys list")
def keys_list() -> None:
    """List the keys by name, the one that encrypts first; never the keys themselves."""
    begin_where_one_is()
    from attunement.clinic.privacy.keys import current

    ring = current()
    for name in ring.keys:
        show.say(f"{name}{' encrypts and decrypts' if name == ring.newest else ' decrypts'}")


@keys.command("rotate", epilog="Example: attunement clinic keys rotate")
def keys_rotate() -> None:
    """Encrypt every text anew with the newest key, so that older keys can go."""
    begin_with_tables()
    from attunement.clinic.people.actor import Actor
    from attunement.clinic.privacy.rotation import rotate

    with show.working("Encrypting anew ..."):
        done = rotate(by=Actor.worker())
    texts = sum(one.texts for one in done)
    show.say(f"{show.counted(texts, 'text')} encrypted with the newest key.")
