"""Whether it helped: what followed a try, for one client and for a site."""

from attunement.guidance.followup.chances import chances
from attunement.guidance.followup.outcome import FollowUp, Outcome, follow_up
from attunement.guidance.followup.site import SiteEvidence, site_evidence

__all__ = ["FollowUp", "Outcome", "SiteEvidence", "chances", "follow_up", "site_evidence"]
