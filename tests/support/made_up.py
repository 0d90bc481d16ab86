"""A made-up clinic in which every state occurs, computed by the rules themselves."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from attunement.course.baseline import Norms
from attunement.course.strain.ceiling import ceiling
from attunement.course.strain.ruptures import ruptures
from attunement.course.strain.signals import Rule, signals
from attunement.measures.scale import Direction, Scale
from attunement.report import FalseAlarms, build

ALLIANCE = Scale(
    name="session-check-in",
    direction=Direction.HIGHER,
    low=0,
    high=10,
    title="Working relationship",
)
PHQ = Scale(name="phq9", direction=Direction.LOWER, low=0, high=27, title="Depression (PHQ-9)")
SCALES = {scale.name: scale for scale in (PHQ, ALLIANCE)}
NORMS = {
    "session-check-in": Norms(sd=0.5, df=8.0, trend=0.04, clients=34),
    "phq9": Norms(sd=1.9, df=7.0, trend=-0.4, clients=34),
}
FALSE_ALARMS = FalseAlarms(watch=0.128, review=0.034, drift=0.05)
DRAWN_ON = date(2026, 11, 20)
START = date(2026, 3, 3)
CALM = """Ana P.,Ben O.,Chloe D.,Deniz A.,Eva M.,Farid N.,Grace L.,Hana K.,Ivo S.,Jonas B.,Kofi A.,
Lena W.,Marta Z.,Nils E.,Olga R.,Pia T.""".replace("\n", "").split(",")

# What happens to whom: changes of the check-in score by session, in points; None is a missing one.
STORIES = {
    "Maya R.": (7, {7: -2.3}),
    "James": (10, {9: -2.0, 10: -1.3}),
    "Yusuf": (12, {6: -2.2, 7: -1.9, 8: -2.0, 9: -1.7, 10: -1.8, 11: -1.6, 12: -1.7}),
    "Rosa V.": (11, {7: -2.4, 8: -1.5, 9: 0.1}),
    "Sofia C.": (14, {4: -2.6, 5: -1.8, 6: 0.2}),
    "Tom K.": (10, {9: None, 10: None}),
    "Uma J.": (9, {9: -1.65}),
    "Viktor H.": (14, {s: -0.09 * (s - 6) for s in range(7, 15)}),
    "Wen L.": (8, {}),
    "Xenia F.": (2, {}),
    "Zoe I.": (1, {1: None}),
    "Lee S.": (12, {5: None}),
    "Abel G.": (38, {12: -2.4, 13: -1.6, 14: 0.0, 22: None, 23: None, 30: -2.2, 31: 0.1}),
    "412": (9, {}),
    "Bruno": (18, dict.fromkeys(range(5, 19), -2.2)),
    "Dora M.": (13, {7: -2.5, 8: -2.2, 9: -2.1, 10: -1.9, 11: -0.1}),
} | {name: (6 + 5 * place % 9, {}) for place, name in enumerate(CALM)}
STORIES |= {"Tara B.": (9, {}), "Omar Q.": (10, {})}
# What they answered to question 9 of the PHQ-9, by session; None was left empty.
THOUGHTS = {
    "Tara B.": {1: 0.0, 5: 1.0, 7: 2.0, 9: None},
    "Omar Q.": {7: 1.0, 9: 0.0},
    "Eva M.": {1: 1.0, 3: 0.0, 5: 0.0},
    "Ana P.": {1: 0.0, 3: 0.0},
}
WORSE_SYMPTOMS = {"Wen L.": {8: 7.5}, "412": {s: 1.1 * (s - 2) for s in range(3, 10)}}

EVERY_STATE = (
    "Tara B.", "Omar Q.", "Eva M.", "Maya R.", "Nils E.", "Yusuf", "412", "Olga R.", "Tom K.",
    "Viktor H.", "Kofi A.", "Uma J.", "Bruno", "Grace L.", "Rosa V.", "Pia T.", "Dora M.",
    "Abel G.", "Ana P.", "Zoe I.",
)  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x.example")',
    "O'Brien & <b>",
    '"><img src=x>',
    "{{ 7 * 7 }}",
    "#let x = 1",
    "\u674e\u96f7",
    "a\u202eb",
)


def scores():
    """One row per client, scale and session, the same on every call."""
    draw = np.random.default_rng(11)
    rows = []
    for place, (client, (sessions, changes)) in enumerate(STORIES.items()):
        level, severity = draw.uniform(6.8, 8.4), draw.uniform(10, 19)
        top = client == "Grace L."
        for session in range(1, sessions + 1):
            change = changes.get(session, 0.0)
            alliance = np.clip(level + 0.04 * session + draw.normal(0, 0.35), 0, 10)
            phq = severity * (1 - 0.2 * np.log(session)) + draw.normal(0, 1.3)
            phq += WORSE_SYMPTOMS.get(client, {}).get(session, 0.0)
            key = {
                "client": client,
                "session": session,
                "date": START + timedelta(days=7 * session + place % 5),
                "therapist": "Dana" if place % 3 else "Sam",
            }
            score = None if change is None else 10.0 if top else round(alliance + change, 1)
            rows.append(key | {"scale": ALLIANCE.name, "score": score})
            if session % 2 or client in WORSE_SYMPTOMS:
                answered = None if change is None else float(np.clip(round(phq), 0, 27))
                rows.append(key | {"scale": PHQ.name, "score": answered})
    return pl.DataFrame(rows)


def responses():
    """Give the single answers to the question that has a safety rule."""
    return pl.DataFrame(
        [
            {"client": client, "session": session, "instrument": "phq9", "item": "9",
             "value": value, "rater": "client"}
            for client, answers in THOUGHTS.items()
            for session, value in answers.items()
        ]
    )  # fmt: skip


def expected_course(table):
    """A band around where each client's first score leads, for the picture's sake."""
    first = (
        table.filter(pl.col("scale") == PHQ.name, pl.col("score").is_not_null())
        .sort("session")
        .group_by("client", "scale")
        .agg(start=pl.col("score").first())
    )
    middle = pl.col("start") * (1 - 0.2 * pl.col("session").log())
    return (
        table.filter(pl.col("scale") == PHQ.name, pl.col("session") > 1)
        .join(first, on=["client", "scale"])
        .select("client", "scale", "session", "score", low=middle - 4.5, high=middle + 4.5)
        .with_columns(pl.col("low").clip(0, 27))
    )


def tables():
    """All that a report may be made from."""
    known = scores()
    noticed = signals(known, SCALES, NORMS, Rule())
    course = expected_course(known)
    outside = pl.col("score") > pl.col("high")
    return {
        "signals": noticed,
        "ruptures": ruptures(noticed, SCALES),
        "scores": known,
        "expected": course.drop("score"),
        "off_track": course.sort("client", "session").with_columns(
            off_track=(outside & outside.shift(1).over("client")).fill_null(value=False)
        ),
        "ceiling": ceiling(known, SCALES),
        "tensions": pl.DataFrame(
            {
                "client": ["Maya R.", "Nils E.", "Pia T."],
                "instrument": ["check-in", "check-in", "check-in-therapist"],
                "onset": [7, STORIES["Nils E."][0], STORIES["Pia T."][0] - 1],
                "tension": [7.0, 4.0, 3.0],
                "settled": [2.0, None, 3.0],
                "repaired": [None, None, STORIES["Pia T."][0]],
                "sessions_to_repair": [None, None, 1],
                "status": ["open", "open", "repaired"],
            }
        ),
        "gaps": pl.DataFrame(
            {
                "client": ["Kofi A."],
                "scale": [ALLIANCE.name],
                "session": [STORIES["Kofi A."][0]],
                "client_score": [8.6],
                "therapist_score": [5.0],
                "gap": [-3.6],
                "usual_gap": [-0.4],
                "sigma": [0.8],
                "signal": ["therapist-lower"],
            }
        ),
        "responses": responses(),
        "attendance": pl.DataFrame(
            {
                "client": ["Olga R."] * 6 + ["Ana P."] * 4,
                "session": [12, 13, 14, 15, 16, 17, 6, 7, 8, 9],
                "date": [DRAWN_ON] * 10,
                "status": [
                    *("late", "missed", "cancelled", "missed", "cancelled", None),
                    *("attended", "cancelled", "cancelled", None),
                ],
            }
        ),
    }


def report(**changes):
    """The whole clinic's report."""
    given = {
        "scales": SCALES,
        "norms": NORMS,
        "drawn_on": DRAWN_ON,
        "false_alarms": FALSE_ALARMS,
        "relationship": [ALLIANCE.name],
        "title": "Synthetic clinic",
        "synthetic": True,
    }
    return build(**(tables() | given | changes))


def some(*clients):
    """All tables, for these clients alone."""
    return {name: table.filter(pl.col("client").is_in(clients)) for name, table in tables().items()}


def renamed(name):
    """The tables of two clients, one of whom is called otherwise."""
    return {
        table: rows.with_columns(pl.col("client").replace({"Maya R.": name}))
        for table, rows in some("Maya R.", "Rosa V.").items()
    }
