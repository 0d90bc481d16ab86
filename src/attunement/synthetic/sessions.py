"""What happens to the people of a synthetic cohort, one week after the other."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attunement.synthetic.answers import CLIENT_ITEMS
from attunement.synthetic.people import People
from attunement.synthetic.plan import Plan

Vector = NDArray[np.float64]
Index = NDArray[np.int64]
Flags = NDArray[np.bool_]

DEPTH_SHAPE = 9.0
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, kw_only=True)
class Week:
    """The appointments with one number: one value per client who still comes.

    Attributes
    ----------
    session : int
        The appointment's number.
    client : shape (n,)
        Numbers from 0, ascending.
    attended, answered : shape (n,)
        Whether the client came, and whether they then answered the check-in.
    strain : shape (n,)
        Depth of the rupture that is open, in within-client SDs; 0 where none is.
    about : shape (n,)
        The item it is about.
    departure : shape (n,)
        Alliance less the client's own course, in its units.
    began, mended : shape (n,)
        Where a rupture begins, and where one is repaired.
    left : shape (n,)
        Who does not come back, before the planned end.
    """

    session: int
    client: Index
    attended: Flags
    answered: Flags
    strain: Vector
    about: Index
    departure: Vector
    began: Flags
    mended: Flags
    left: Flags


def weeks(plan: Plan, people: People, rng: np.random.Generator) -> Iterator[Week]:
    """Let time pass until everybody has ended or left.

    The alliance departs from a client's course by noise that carries over from one
    appointment to the next (AR(1), stationary) and by the depth of a rupture while it is open.
    """
    noise = np.zeros(plan.clients)
    depth = np.zeros(plan.clients)
    about = np.zeros(plan.clients, dtype=np.int64)
    mends = np.full(plan.clients, NEVER)
    here = np.ones(plan.clients, dtype=bool)
    for session in range(1, int(people.planned.max()) + 1):
        client = np.flatnonzero(here & (people.planned >= session))
        keeps = plan.autocorrelation if session > 1 else 0.0
        fresh = rng.normal(0, plan.within_sd * (1 - keeps**2) ** 0.5, client.size)
        noise[client] = keeps * noise[client] + fresh

        strained = depth[client] > 0
        missing = raised(plan.missed_sessions if session > 1 else 0, plan.absence_odds, strained)
        attended = rng.random(client.size) >= missing
        mended = strained & attended & (mends[client] <= session)
        depth[client[mended]] = 0.0
        chance = plan.rupture if session > 1 else 0.0
        began = attended & ~strained & (rng.random(client.size) < chance)
        _begin(client[began], session, plan, rng, depth=depth, about=about, mends=mends)

        strain = depth[client]
        silent = raised(plan.missed_check_ins, plan.absence_odds, strain > 0)
        leaving = raised(plan.dropout, plan.dropout_odds, strain > 0)
        left = (rng.random(client.size) < leaving) & (session < people.planned[client])
        here[client[left]] = False
        yield Week(
            session=session,
            client=client,
            attended=attended,
            answered=attended & (rng.random(client.size) >= silent),
            strain=strain,
            about=about[client],
            departure=noise[client] - plan.within_sd * strain,
            began=began,
            mended=mended,
            left=left,
        )


def raised(chance: float, odds: float, where: Flags) -> Vector:
    """Multiply the odds of a chance, for some."""
    return np.where(where, odds * chance / (1 - chance + odds * chance), chance)


def _begin(
    client: Index,
    session: int,
    plan: Plan,
    rng: np.random.Generator,
    *,
    depth: Vector,
    about: Index,
    mends: Index,
) -> None:
    """Write into the three arrays what ruptures begin, and when they will mend."""
    depth[client] = rng.gamma(DEPTH_SHAPE, plan.depth / DEPTH_SHAPE, client.size)
    about[client] = rng.integers(0, len(CLIENT_ITEMS), client.size)
    later = session + rng.geometric(1 / plan.repair_sessions, client.size)
    mends[client] = np.where(rng.random(client.size) < plan.repair, later, NEVER)
