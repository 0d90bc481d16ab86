"""What a model of leaving looks at, in words that say neither how much nor which way."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WEIGHED: Mapping[str, Promise] = {
    "sessions": _("how many sessions there have been"),
    "after_first": _("whether there has been more than one session"),
    "gap_weeks": _("the time between the last two sessions"),
    "missed_in_a_row": _("sessions missed lately"),
    "missed_share": _("sessions missed so far"),
    "late_share": _("sessions begun late"),
    "unanswered_share": _("check-ins left unanswered so far"),
    "unanswered_last": _("whether the last check-in was answered"),
    "alliance": _("how the work together was rated last"),
    "alliance_drop": _("the last rating of the work together beside their own usual"),
    "symptoms_first": _("how strong the symptoms were at first"),
    "symptom_change": _("how the symptoms have changed since"),
}
