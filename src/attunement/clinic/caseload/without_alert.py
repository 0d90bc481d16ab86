"""What was noticed about a client for which there is no alert, in words."""

from collections.abc import Iterable

from attunement.clinic.caseload.low_answers import far_below, low_answers
from attunement.clinic.caseload.reasons import Reason, at_onset, strength
from attunement.clinic.caseload.records import Record, Row, client_scales, lacks_score
from attunement.clinic.caseload.scales import ALLIANCE, CHECK_IN, About, about, reliable_changes
from attunement.clinic.caseload.sentences import TOO_FEW
from attunement.clinic.caseload.words import improving, sentence
from attunement.clinic.noticing.instruments import instruments
from attunement.report.model import Kind
from attunement.report.notices import HALF_SIGMA, RECENT, STILL_COUNTS
from attunement.report.words import plain

FAR_BELOW_SHARE = 0.5
"""Our own choice: where at least so many of a few answers are far below usual, it is told."""


def unseen(record: Record) -> Iterable[Reason]:
    """Find open ruptures of the relationship for which there never was an alert."""
    known = {(alert.scale, alert.onset) for alert in record.alerts}
    for rupture in record.ruptures:
        key = rupture["scale"], rupture["onset"]
        how = about(rupture["scale"])
        if rupture["status"] == "open" and key not in known and how.is_relationship:
            notice = {"kind": Kind.RUPTURE_OPEN, "session": rupture["onset"]}
            notice |= at_onset(rupture["onset"], record.scores.get(rupture["scale"], []))
            if notice.get("score") is not None:
                yield reason(notice, record, how)


def too_few(record: Record) -> Iterable[Reason]:
    """Find a newest check-in that gave no score, and whose answers are mostly far below usual.

    A score needs most of the answers, and an alert of a drop needs a score. What was answered is
    told all the same, without making up a score.
    """
    if not lacks_score(record.scores):
        return
    session, norms = record.scores[ALLIANCE][-1]["number"], record.episode.client.site.norms
    given, low = far_below(record.answers, session, norms)
    if not low or low < FAR_BELOW_SHARE * given:
        return
    how = about(ALLIANCE)
    words = TOO_FEW % {
        "session": session,
        "name": plain(record.name),
        "given": given,
        "asked": len(instruments()[CHECK_IN].items_of("alliance")),
        "low": low,
    }
    yield Reason(
        kind=Kind.REVIEW,
        words=f"{words} {low_answers(record.answers, session, norms)}".strip(),
        source=how.variant,
        scale=ALLIANCE,
    )


def reason(notice: Row, record: Record, how: About) -> Reason:
    """Put a notice into words."""
    return Reason(
        kind=Kind(notice["kind"]),
        words=sentence(notice, record.name, how),
        source=how.variant,
        strength=strength(notice),
        ago=notice.get("ago") or 0,
        scale=how.scale.name,
    )


def better(record: Record) -> Iterable[Reason]:
    """Find what was repaired lately, and symptoms that have eased by more than error."""
    for rupture in record.ruptures:
        rows = record.scores.get(rupture["scale"], [])
        if rupture["repaired"] is not None:
            since = sum(
                row["number"] > rupture["repaired"] and row["value"] is not None for row in rows
            )
            notice = {
                "kind": Kind.REPAIRED,
                "session": rupture["onset"],
                "until": rupture["repaired"],
            } | {k: v for k, v in at_onset(rupture["onset"], rows).items() if k != "ago"}
            if since < RECENT and notice.get("score") is not None:
                yield reason(notice, record, about(rupture["scale"]))
    for scale, rows in client_scales(record).items():
        how, enough = about(scale), reliable_changes().get(scale)
        known = [row["value"] for row in rows if row["value"] is not None]
        if how.is_relationship or enough is None or not known:
            continue
        if how.scale.sign * (known[-1] - known[0]) >= enough:
            yield Reason(
                kind=Kind.USUAL,
                words=improving(record.name, how, known[0], known[-1]),
                source=how.variant,
                scale=scale,
            )


def now(record: Record) -> Iterable[Reason]:
    """Say what the newest score says by itself, the relationship first."""
    scales = sorted(
        client_scales(record).items(), key=lambda pair: not about(pair[0]).is_relationship
    )
    for scale, rows in scales[:1]:
        notice = newest(rows)
        if notice is not None:
            notice = notice | lingering(record, scale, rows)
            yield reason(notice, record, about(scale))


def newest(rows: list[Row]) -> Row | None:
    """Read the newest score: a drop, a drift, as usual, or too early to say."""
    scored = [row for row in rows if row["value"] is not None]
    if not scored:
        return {"kind": Kind.EARLY}
    row = scored[-1]
    if row["prior_mean"] is None:
        return {"kind": Kind.EARLY, "session": row["number"]}
    reach = abs(row["prior_mean"] - row["limit_watch"])
    kinds = {"review": Kind.REVIEW, "watch": Kind.WATCH}
    kind = kinds.get(row["signal"], Kind.USUAL)
    return {
        "kind": kind,
        "session": row["number"],
        "score": row["value"],
        "usual": row["prior_mean"],
        "low": row["prior_mean"] - reach,
        "high": row["prior_mean"] + reach,
    }


def lingering(record: Record, scale: str, rows: list[Row]) -> Row:
    """Say when the score is still below where it was before an older rupture."""
    how = about(scale)
    for rupture in reversed(record.ruptures):
        if rupture["scale"] != scale or rupture["repaired"] is not None:
            continue
        begun = at_onset(rupture["onset"], rows)
        level, sigma = (
            rupture["level"],
            next((row["sigma"] for row in rows if row["number"] == rupture["onset"]), None),
        )
        if not begun or level is None or sigma is None or begun["ago"] > STILL_COUNTS:
            continue
        if how.scale.sign * begun["now"] < how.scale.sign * level - HALF_SIGMA * sigma:
            return {
                "kind": Kind.LASTING,
                "session": rupture["onset"],
                "usual": level,
                "now": begun["now"],
            }
    return {}
