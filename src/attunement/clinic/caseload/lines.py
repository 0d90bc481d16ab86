"""The small line of a client: the newest scores, and where something was noticed."""

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from attunement.charts import small_line
from attunement.clinic.caseload.records import NEWEST_SCORES, Record, Row, client_scales
from attunement.clinic.caseload.scales import about
from attunement.report.clients import SPREADS_SHOWN
from attunement.report.words import plain


def line(record: Record, wanted: str = "") -> SafeString:
    """Draw the scale wanted over the newest sessions; else the relationship; else another."""
    courses = client_scales(record)

    def rank(scale: str) -> tuple[bool, bool, str]:
        return scale != wanted, not about(scale).is_relationship, scale

    for scale, rows in sorted(courses.items(), key=lambda pair: rank(pair[0])):
        drawn = line_of(record, scale, rows)
        if drawn:
            return drawn
    return mark_safe("")


def line_of(record: Record, scale: str, rows: list[Row]) -> SafeString:
    """Draw one scale; nothing while there is no score."""
    shown = rows[-NEWEST_SCORES:]
    values: dict[int, float | None] = {row["number"]: row["value"] for row in shown}
    if not any(value is not None for value in values.values()):
        return mark_safe("")
    missed = [number for number in record.missed if number > min(values)]
    sessions = sorted({*values, *missed})[-NEWEST_SCORES:]
    onsets = {one["onset"] for one in record.ruptures if one["scale"] == scale}
    onsets |= {row["number"] for row in shown if row["signal"] == "review"}
    how = about(scale)
    usual = [row["prior_mean"] for row in shown if row["prior_mean"] is not None]
    sigma = [row["sigma"] for row in shown if row["sigma"] is not None]
    sentence = _("%(title)s of %(name)s over the last %(count)s sessions") % {
        "title": how.title,
        "name": plain(record.name),
        "count": len(sessions),
    }
    return mark_safe(  # noqa: S308 small_line escapes its sentence
        small_line(
            [values.get(number) for number in sessions],
            sentence,
            noticed=[
                place
                for place, number in enumerate(sessions)
                if number in onsets and values.get(number) is not None
            ],
            usual=how.within(usual[-1]) if usual else None,
            least=SPREADS_SHOWN * sigma[-1] if sigma else 0.0,
            better=how.scale.direction,
        )
    )
