"""What a file says, by the same readers and with the same errors as the command line."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from attunement.clinic.checkins.models import Audience
from attunement.clinic.exchange.files import refuse_large
from attunement.clinic.exchange.models import Table
from attunement.clinic.noticing.instruments import instruments, scales
from attunement.intake import read_responses, read_scores
from attunement.intake.files import open_sheet
from attunement.intake.notes import Note
from attunement.measures import score
from attunement.measures.instruments.catalogue import find_scale
from attunement.problems import Problem
from attunement.tables import RESPONSES, SCORES
from attunement.tables import Table as Contract

CONTRACTS: Mapping[str, Contract] = {Table.SCORES: SCORES, Table.RESPONSES: RESPONSES}
ASKED = {
    Table.SCORES: ("client", "session", "date", "therapist", "scale", "score"),
    Table.RESPONSES: ("client", "session", "instrument", "item", "value", "rater", "answered_at"),
}
ALSO_CALLED = {
    "client": ("client", "subject", "patient", "participant", "person", "id", "code"),
    "session": ("session", "time", "visit", "week", "appointment"),
    "date": ("date", "day"),
    "therapist": ("therapist", "clinician", "counsellor"),
    "scale": ("scale", "measure", "questionnaire"),
    "score": ("score", "total"),
    "instrument": ("instrument", "questionnaire", "measure"),
    "item": ("item", "question"),
    "value": ("value", "answer", "response"),
    "rater": ("rater",),
    "answered_at": ("answered_at", "date"),
}
MOST_SCALES, LONGEST_CODE = 50, 60


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a file is to be read.

    Attributes
    ----------
    rename : mapping
        Our name of a column to the file's.
    scales : mapping
        A column, or a name in the column ``scale``, to an instrument's scale.
    """

    rename: Mapping[str, str] = field(default_factory=dict)
    scales: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Reading":
        """Read what was stored with an upload."""
        return cls(rename=stored.get("rename", {}), scales=stored.get("scales", {}))

    def stored(self) -> dict[str, Any]:
        """Write it to be stored."""
        return {"rename": dict(self.rename), "scales": dict(self.scales)}


@dataclass(frozen=True, kw_only=True)
class Columns:
    """What a file's header offers, and which of its names hold scores."""

    names: list[str]
    measures: list[str]


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What a file says.

    Attributes
    ----------
    clients : list of str
        Everyone in it, also those without any score.
    scores : polars.DataFrame
        ``client``, ``scale``, ``session``, ``score``, ``rater``, ``private``, and ``date`` and
        ``therapist`` where given; only scores that are there.
    answers : polars.DataFrame or None
        Single answers, where the file holds them.
    """

    clients: list[str]
    scores: pl.DataFrame
    answers: pl.DataFrame | None = None
    notes: list[Note] = field(default_factory=list)

    def of(self, clients: Collection[str]) -> "Incoming":
        """Give what it says of some clients."""
        mine = pl.col("client").is_in(list(clients))
        return replace(
            self,
            clients=[code for code in self.clients if code in set(clients)],
            scores=self.scores.filter(mine),
            answers=None if self.answers is None else self.answers.filter(mine),
        )


def columns_of(path: Path, table: str, reading: Reading) -> Columns:
    """Look at a file's header, and at the names of scales in it."""
    sheet = open_sheet(path)
    refuse_large(sheet.frame)
    if table == Table.RESPONSES:
        return Columns(names=sheet.columns, measures=[])
    scale = reading.rename.get("scale", "scale")
    if scale in sheet.columns:
        found = sheet.frame[scale].cast(pl.String).drop_nulls().unique(maintain_order=True)
        return Columns(names=sheet.columns, measures=found.to_list()[:MOST_SCALES])
    taken = {*reading.rename.values(), *SCORES.names}
    rest = [name for name in sheet.columns if name not in taken]
    return Columns(names=sheet.columns, measures=rest[:MOST_SCALES])


def guessed(path: Path, table: str) -> Reading:
    """Guess what the columns are from what they are called."""
    names = open_sheet(path).columns
    by_name = {name.casefold().strip(): name for name in reversed(names)}
    rename: dict[str, str] = {}
    for ours in ASKED[Table(table)]:
        if ours not in by_name:
            known = next((one for one in ALSO_CALLED[ours] if one in by_name), None)
            if known and by_name[known] not in rename.values():
                rename[ours] = by_name[known]
    reading = Reading(rename=rename)
    found = columns_of(path, table, reading)
    return Reading(rename=rename, scales=dict(known_scales(found.measures)))


def known_scales(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Pair names with the scales that they are the names of."""
    for name in names:
        try:
            yield name, find_scale(name).name
        except Problem:
            continue


def read(path: Path, table: str, reading: Reading) -> Incoming:
    """Read a whole file.

    Raises
    ------
    Problem
        In one sentence, about the first thing that is wrong.
    """
    refuse_large(open_sheet(path).frame)
    incoming = (
        read_answers(path, reading) if table == Table.RESPONSES else read_all_scores(path, reading)
    )
    long = next((name for name in incoming.clients if len(name) > LONGEST_CODE), None)
    if long:
        raise Problem(
            _("a client's code is longer than %(most)s letters") % {"most": LONGEST_CODE},
            _("use shorter codes"),
            field="client",
        )
    return incoming


def read_all_scores(path: Path, reading: Reading) -> Incoming:
    """Read a file of scores, long or wide."""
    if not reading.scales:
        raise Problem(
            _("it is not known which scale the scores are of"),
            _("say what each column is, or leave it out"),
        )
    unknown = [name for name in reading.scales.values() if name not in scales()]
    if unknown:
        raise Problem(_("no such scale is known here"), _("choose one from the list"))
    intake = read_scores(path, rename=reading.rename, scales=reading.scales, both_raters=True)
    table = intake.scores.filter(pl.col("scale").is_in(list(reading.scales.values())))
    rater = pl.col("rater").str.to_lowercase() if "rater" in table.columns else pl.lit(None)
    own = pl.col("scale").replace_strict(raters(table["scale"]), default="client")
    known = table.with_columns(rater=pl.coalesce(rater.cast(pl.String), own), private=False)
    return Incoming(
        clients=intake.scores["client"].unique(maintain_order=True).to_list(),
        scores=known.filter(pl.col("score").is_not_null()),
        notes=intake.notes,
    )


def raters(names: pl.Series) -> dict[str, str]:
    """Say who answers each scale."""
    known = instruments()
    return {
        name: str(known[name.partition(".")[0]].rater)
        for name in names.unique()
        if name.partition(".")[0] in known
    }


def read_answers(path: Path, reading: Reading) -> Incoming:
    """Read a file of single answers, and score them."""
    table = read_responses(path, rename=reading.rename)
    answers = table.with_columns(
        audience=(
            pl.col("audience") if "audience" in table.columns else pl.lit(None, pl.String)
        ).fill_null(Audience.THERAPIST.value)
    )
    strange = answers.filter(~pl.col("audience").is_in(Audience.values))
    if strange.height:
        raise Problem(
            _("there is a word that says of no audience who may see an answer"),
            ", ".join(Audience.values),
            field="audience",
        )
    form = ["client", "session", "instrument"]
    kept = answers.filter((pl.col("audience") != Audience.THERAPIST).any().over(form))
    shared = answers.filter(pl.col("audience") == Audience.THERAPIST)
    scored = [score(shared).with_columns(private=False)]
    if kept.height:
        scored.append(score(kept).with_columns(private=True))
    dated = "answered_at" in answers.columns
    return Incoming(
        clients=answers["client"].unique(maintain_order=True).to_list(),
        scores=pl.concat(scored).filter(pl.col("score").is_not_null()),
        answers=answers.filter(pl.col("value").is_not_null()).with_columns(
            date=pl.col("answered_at").cast(pl.Date) if dated else pl.lit(None, pl.Date)
        ),
    )
