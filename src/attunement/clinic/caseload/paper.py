"""One client on one sheet: for the printer, as an accessible PDF, and as a table."""

import json
from html import unescape
from importlib.resources import files
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from attunement.clinic.caseload.client_page import ClientPage
from attunement.clinic.caseload.history import History
from attunement.clinic.caseload.pictures import Picture
from attunement.clinic.conf.numbers import in_language
from attunement.clinic.privacy.cells import as_csv
from attunement.report.pdf import FONT, accessible
from attunement.report.words import plain

MOST_SENTENCES = 6
MOST_CHARTS = 2
COLUMNS = (
    "session", "date", "status", "scale", "rater", "score", "usual", "limit_watch",
    "limit_review", "signal",
)  # fmt: skip


def sheet(page: ClientPage, drawn_by: str) -> dict[str, Any]:
    """Give everything that stands on the sheet, as plain values."""
    history = page.history
    charts = [*page.relationship, *page.others][:MOST_CHARTS]
    alerts = [
        {"words": reason.words, "state": told.alert.get_state_display()}
        for told in page.alerts
        for reason in told.reasons
    ]
    return {
        "name": plain(history.name),
        "about": about_line(history),
        "language": (get_language() or "en").split("-")[0],
        "font": FONT,
        "charts": [chart(one) for one in [*charts, *([page.timeline] if page.timeline else [])]],
        "sentences": [plain(one) for one in page.also[:MOST_SENTENCES]],
        "alerts": alerts[:MOST_SENTENCES],
        "eight": [
            {
                "name": one.name[:1].upper() + one.name[1:],
                "value": "" if one.value is None else in_language(f"{one.value:g}"),
                "word": one.word if one.value is not None else _("no answer to show"),
                "low": one.low,
            }
            for one in (page.eight.said if page.eight else ())
        ],
        "words": {
            "eight": _("What the eight answers say, after session %(number)s")
            % {"number": page.eight.session if page.eight else ""},
            "sentences": _("Also noticed"),
            "alerts": _("To look at"),
            "flag": _("A flag is a reason to ask, not a verdict: chance alone makes some."),
            "item": _("Answer"),
            "value": _("0 to 10"),
            "compared": _("Compared with usual"),
            "foot": _("Printed by %(who)s on %(day)s. Holds what the client shares with staff.")
            % {
                "who": plain(drawn_by),
                "day": date_format(timezone.localtime(), "DATETIME_FORMAT"),
            },
        },
    }


def about_line(history: History) -> str:
    """Say since when, with whom, and how far."""
    episode = history.episode
    parts = [_("since %(day)s") % {"day": date_format(episode.started_on, "YEAR_MONTH_FORMAT")}]
    if episode.therapist:
        parts.append(_("with %(name)s") % {"name": plain(episode.therapist.name)})
    came = sum(one.status in {"attended", "late"} for one in history.sessions)
    parts.append(_("%(count)s sessions attended") % {"count": came})
    return " · ".join(parts)


def chart(picture: Picture) -> dict[str, str]:
    """Give one chart with its title, what it says, and what is read aloud."""
    svg = str(picture.drawn)
    spoken = unescape(svg.partition('aria-label="')[2].partition('"')[0])
    return {"title": picture.title, "message": picture.message, "svg": svg, "spoken": spoken}


def pdf(content: dict[str, Any]) -> bytes:
    """Set the sheet: PDF/UA-1, or tagged without that claim where no font has a script."""
    template = files("attunement.clinic.caseload") / "sheet.typ"
    return accessible(template, sheet=json.dumps(content))


def table(history: History) -> str:
    """Give the course as CSV: a row for each score, and for each session without one."""
    sessions = {one.number: one for one in history.sessions}
    rows: list[dict[str, Any]] = []
    for score in history.scores:
        session = sessions.get(score["number"])
        rows.append(
            {
                "session": score["number"],
                "date": score["on"].isoformat(),
                "status": session.status if session else "",
                "scale": score["scale"],
                "rater": score["rater"],
                "score": score["value"],
                "usual": score["prior_mean"],
                "limit_watch": score["limit_watch"],
                "limit_review": score["limit_review"],
                "signal": score["signal"],
            }
        )
    scored = {score["number"] for score in history.scores}
    rows += [
        {
            "session": number,
            "date": timezone.localtime(session.starts_at).date().isoformat(),
            "status": session.status,
        }
        for number, session in sessions.items()
        if number not in scored
    ]
    rows.sort(key=lambda row: (row["session"], row.get("scale", "")))
    return as_csv(COLUMNS, rows)
