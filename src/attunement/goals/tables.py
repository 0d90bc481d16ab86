"""The tables of goals: what was written, and how close people say they are."""

from attunement.tables import CLIENT, SESSION, Column, Kind, Table

GOAL = Column("goal", Kind.NAME, "which goal of this client; a number or a code will do")

GOALS = Table(
    "goals",
    "one goal as one person saw it at one session",
    ("client", "session", "rater", "goal"),
    (
        CLIENT,
        SESSION,
        Column("rater", Kind.TEXT, "who wrote it: client or therapist"),
        GOAL,
        Column("rank", Kind.NUMBER, "its place in that person's order; 1 is the most important"),
        Column(
            "pair",
            Kind.NAME,
            "the same for two goals, one of each person, that belong together; "
            "empty where a goal has no partner",
        ),
    ),
)

GOAL_RATINGS = Table(
    "goal_ratings",
    "how close to one goal someone said they were at one session",
    ("client", "goal", "session"),
    (
        CLIENT,
        GOAL,
        SESSION,
        Column("rating", Kind.NUMBER, "from 0 (not begun) to 10 (there); empty where not rated"),
    ),
)

GOAL_ATTAINMENT = Table(
    "goal_attainment",
    "how far one goal was reached at one session, against levels written down beforehand",
    ("client", "goal", "session"),
    (
        CLIENT,
        GOAL,
        SESSION,
        Column("level", Kind.NUMBER, "from -2 to 2; 0 is what was expected; empty where not said"),
        Column("weight", Kind.NUMBER, "how much the goal counts; 1 where absent", optional=True),
    ),
)

GOAL_AGREEMENT = Table(
    "goal_agreement",
    "how far client and therapist agreed on goals at one session",
    ("client", "session"),
    (
        CLIENT,
        SESSION,
        Column("agreement", Kind.NUMBER, "from 0 (nothing in common) to 1; empty where not known"),
    ),
)
