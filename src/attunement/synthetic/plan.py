"""What a synthetic cohort shall be like."""

from dataclasses import dataclass, fields
from datetime import date
from math import isfinite

import numpy as np

from attunement.problems import Problem

ALLIANCE = "session-check-in.alliance"
THERAPIST_ALLIANCE = "session-check-in-therapist.alliance"
SYMPTOMS = "phq9"
MOST_SESSIONS = 200


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is true of a synthetic cohort.

    Alliance is on the check-in's scale from 0 to 10, symptoms on the PHQ-9's from 0 to 27.
    Shares and chances are from 0 to 1. Defaults are of the size that the literature reports
    where it does (drop-out around a fifth: Swift & Greenberg 2012, *JCCP* 80:547-559;
    therapists around 5 % of the variance: Baldwin & Imel 2013; symptoms with alliance
    r = -.28: Flückiger et al. 2018, *Psychotherapy* 55:316-340) and plain choices elsewhere.

    Attributes
    ----------
    clients, therapists, sites : int
        How many.
    site_icc, therapist_icc, client_icc : float
        Share of the alliance's variance between sites, between therapists of a site, and
        between clients of a therapist. What is left lies within clients.
    level : float
        Usual alliance before the first session.
    within_sd : float
        Spread of one client's alliance around their own course.
    autocorrelation : float
        Of that spread from one session to the next, from -1 to 1.
    trend, trend_sd : float
        Change of alliance per session, and its spread between clients.
    mean_sessions : float
        Mean of the planned number of sessions, which is one more than a Poisson number.
    rupture : float
        Chance per attended session from the second on that a rupture begins.
    depth : float
        Mean depth of a rupture, in within-client SDs (a gamma distribution with a third of it
        as its SD).
    repair : float
        Chance that a rupture will be repaired.
    repair_sessions : float
        Mean number of sessions until then, 1 or more (geometric).
    dropout : float
        Chance per session to leave before the planned end, while there is no strain.
    dropout_odds : float
        By how much a rupture that is open multiplies the odds of leaving.
    missed_sessions, missed_check_ins : float
        Chance to miss a session, and to leave a check-in unanswered after attending.
    absence_odds : float
        By how much a rupture that is open multiplies the odds of both.
    ceiling : float
        Share of clients who always give the best answer, whatever happens.
    therapist_bias, therapist_truth : float
        The therapist's view is the client's level plus bias, and this share of every departure
        from it (West & Kenny 2011, *Psychol. Rev.* 118:357-378).
    therapist_sd : float
        Spread that is the therapist's own.
    symptom_level, symptom_sd : float
        PHQ-9 before the first session, and its spread between clients.
    symptom_r : float
        Correlation between clients' levels of alliance and of symptoms.
    improvement : float
        Fall of PHQ-9 for every unit of log(session).
    symptom_effect : float
        Change of PHQ-9 when the alliance of the session before lay one within-client SD above
        the client's own course.
    symptom_noise : float
        Spread of one client's PHQ-9 around their own course.
    therapist_form, symptoms, responses : bool
        Whether to write the therapist's scores, the PHQ-9, and the single answers.
    start : datetime.date
        Monday of the first week; clients begin within ``intake_weeks`` weeks.
    intake_weeks : int
        Over how many weeks clients begin.

    Examples
    --------
    >>> round(Plan(clients=40, dropout=0.03).within_icc, 2)
    0.45
    """

    clients: int = 200
    therapists: int = 20
    sites: int = 3
    site_icc: float = 0.02
    therapist_icc: float = 0.05
    client_icc: float = 0.48
    level: float = 7.0
    within_sd: float = 0.6
    autocorrelation: float = 0.2
    trend: float = 0.03
    trend_sd: float = 0.02
    mean_sessions: float = 12.0
    rupture: float = 0.06
    depth: float = 3.0
    repair: float = 0.65
    repair_sessions: float = 1.8
    dropout: float = 0.015
    dropout_odds: float = 5.0
    missed_sessions: float = 0.05
    missed_check_ins: float = 0.06
    absence_odds: float = 2.0
    ceiling: float = 0.06
    therapist_bias: float = -0.6
    therapist_truth: float = 0.5
    therapist_sd: float = 0.45
    symptom_level: float = 15.0
    symptom_sd: float = 4.0
    symptom_r: float = -0.28
    improvement: float = 2.2
    symptom_effect: float = -0.5
    symptom_noise: float = 1.8
    therapist_form: bool = True
    symptoms: bool = True
    responses: bool = True
    start: date = date(2024, 1, 1)
    intake_weeks: int = 40

    def __post_init__(self) -> None:
        for name, low, high in RANGES:
            value = getattr(self, name)
            if not low <= value <= high:
                raise Problem(f"{value} is not between {low} and {high}", field=name)
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, float) and not isfinite(value):
                raise Problem(f"{value} is not a finite number", field=field.name)
            if field.name.endswith("_sd") and value < 0:
                raise Problem(f"a spread of {value} is below 0", field=field.name)
        if not self.within_icc > 0:
            raise Problem(
                "the variances between sites, therapists and clients leave none within clients",
                "let site_icc, therapist_icc and client_icc add up to less than 1",
            )

    @property
    def within_icc(self) -> float:
        """Share of the alliance's variance that lies within clients."""
        return 1 - self.site_icc - self.therapist_icc - self.client_icc

    def between_sd(self, icc: float) -> float:
        """Spread that belongs to a share of the variance, in the alliance's units."""
        return self.within_sd * float(np.sqrt(icc / self.within_icc))


CHANCES = (
    "site_icc", "therapist_icc", "client_icc", "rupture", "repair", "dropout",
    "missed_sessions", "missed_check_ins", "ceiling",
)  # fmt: skip
RANGES = (
    *((name, 0.0, 1.0) for name in CHANCES),
    ("clients", 1, 10_000_000),
    ("therapists", 1, 1_000_000),
    ("sites", 1, 100_000),
    ("autocorrelation", -0.99, 0.99),
    ("symptom_r", -1.0, 1.0),
    ("mean_sessions", 1.0, MOST_SESSIONS / 2),
    ("within_sd", 1e-6, 1e6),
    ("depth", 0.0, 100.0),
    ("repair_sessions", 1.0, MOST_SESSIONS),
    ("dropout_odds", 0.0, 1e6),
    ("absence_odds", 0.0, 1e6),
    ("intake_weeks", 1, 5000),
)
