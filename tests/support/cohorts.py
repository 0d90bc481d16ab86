"""Small tables of scores for tests, and a strategy that draws them."""

import polars as pl
from hypothesis import strategies as st

from attunement.course.baseline import Norms
from attunement.measures.scale import Direction, Scale

BOND = Scale(name="bond", direction=Direction.HIGHER, low=1, high=7)
MOOD = Scale(name="mood", direction=Direction.LOWER, low=0, high=27)
SCALES = {"bond": BOND, "mood": MOOD}
NORMS = {
    "bond": Norms(sd=0.35),
    "mood": Norms(sd=2.0, df=9.0, trend=-0.2, level=12.0, level_weight=0.3, clients=50),
}


def course_of(scores, *, client="a", scale="bond"):
    """One client's course, a session per score."""
    return pl.DataFrame(
        {
            "client": [client] * len(scores),
            "scale": [scale] * len(scores),
            "session": range(1, len(scores) + 1),
            "score": pl.Series(scores, dtype=pl.Float64),
        }
    )


@st.composite
def tables_of_scores(draw):
    """Several clients and both scales, with gaps between sessions, ties and missing scores."""
    rows = []
    for client in range(draw(st.integers(1, 4))):
        for scale in SCALES.values():
            sessions = draw(st.lists(st.integers(1, 30), max_size=14, unique=True))
            points = st.integers(0, 24).map(
                lambda point, s=scale: s.low + point * (s.high - s.low) / 24
            )
            scores = draw(
                st.lists(st.none() | points, min_size=len(sessions), max_size=len(sessions))
            )
            rows += [
                (f"client {client}", scale.name, session, score)
                for session, score in zip(sessions, scores, strict=True)
            ]
    schema = {"client": pl.String, "scale": pl.String, "session": pl.Int64, "score": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")
