"""From numbered pages to tables with names and dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from attunement.synthetic.answers import CLIENT_ITEMS
from attunement.synthetic.people import People
from attunement.synthetic.plan import ALLIANCE, Plan
from attunement.tables import ATTENDANCE, RESPONSES, SCORES

ANSWERS = {
    "client": pl.Int64,
    "session": pl.Int64,
    "instrument": pl.String,
    "item": pl.String,
    "value": pl.Int64,
    "rater": pl.String,
}


@dataclass(frozen=True)
class Files:
    """All pages of a cohort: scores, attendance, events and, where wanted, responses."""

    plan: Plan
    people: People
    pages: Mapping[str, pl.DataFrame]

    def scores(self) -> pl.DataFrame:
        """Return the table ``scores``."""
        return self._filed("scores", SCORES.key).select(
            name for name in SCORES.names if name != "answered_on"
        )

    def responses(self) -> pl.DataFrame:
        """Return the table ``responses``, without who may see an answer and how long it took."""
        columns = [name for name in RESPONSES.names if name not in ("audience", "seconds")]
        return self._filed("responses", RESPONSES.key).rename({"date": "answered_at"})[columns]

    def attendance(self) -> pl.DataFrame:
        """Return the table ``attendance``."""
        return self._filed("attendance", ATTENDANCE.key).select(ATTENDANCE.names)

    def clients(self) -> pl.DataFrame:
        """Return the truth about every client."""
        last = self.pages["attendance"].group_by("client").agg(last_session=pl.max("session"))
        left = self.pages["events"].filter("left")["client"]
        return (
            self._named.with_row_index("number")
            .with_columns(
                pl.col("number").cast(pl.Int64),
                level=self.people.level,
                trend=self.people.trend,
                symptoms=self.people.symptoms,
                at_ceiling=self.people.at_ceiling,
            )
            .join(last, left_on="number", right_on="client", validate="1:1", maintain_order="left")
            .with_columns(dropped_out=pl.col("number").is_in(left.implode()))
            .drop("number", "first_day")
        )

    def ruptures(self) -> pl.DataFrame:
        """Return the truth about every rupture: each is mended before the next begins."""
        events = self.pages["events"].filter(pl.col("began") | pl.col("mended"))
        following = pl.when(pl.col("mended").shift(-1)).then(pl.col("session").shift(-1))
        return (
            events.sort("client", "session")
            .with_columns(repaired=following.over("client"))
            .filter("began")
            .select(
                pl.col("client").replace_strict(
                    pl.int_range(self.plan.clients, eager=True), self._named["client"]
                ),
                scale=pl.lit(ALLIANCE),
                onset="session",
                depth="depth",
                about=pl.col("about").replace_strict(dict(enumerate(CLIENT_ITEMS))),
                repaired="repaired",
            )
        )

    def _filed(self, name: str, key: Iterable[str]) -> pl.DataFrame:
        """Add to a page who and when, and sort it."""
        page = self.pages.get(name, pl.DataFrame(schema=ANSWERS))
        known = self._named[page["client"].to_numpy()]
        days = pl.col("first_day") + 7 * (pl.col("session") - 1)
        return (
            pl.concat([page.drop("client"), known], how="horizontal")
            .with_columns(date=pl.lit(self.plan.start) + pl.duration(days=days))
            .sort(key)
        )

    @cached_property
    def _named(self) -> pl.DataFrame:
        """A row per client: pseudonyms, the first day and the planned end."""
        therapist = self.people.therapist
        return pl.DataFrame(
            {
                "client": pseudonyms("client", self.plan.clients),
                "therapist": pseudonyms("therapist", self.plan.therapists)[therapist],
                "site": pseudonyms("site", self.plan.sites)[self.people.site_of[therapist]],
                "first_day": self.people.first_day,
                "planned_end": self.people.planned,
            }
        )


def pseudonyms(kind: str, number: int) -> pl.Series:
    """Make names as plain as they are false: client-001 and so on."""
    digits = len(str(number))
    return pl.select(
        pl.format(
            "{}-{}", pl.lit(kind), pl.int_range(1, number + 1).cast(pl.String).str.zfill(digits)
        )
    ).to_series()
