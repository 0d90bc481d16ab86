"""What stands in a picture and is said of it, in the language of the moment."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from attunement.clinic.noticing.instruments import title_of


def labels(about: str, scale: str) -> Mapping[str, str]:
    """Name the axes, and say what the picture is."""
    outcome = title_of(scale).text if scale else ""
    return {
        "leaving": {
            "x": _("sessions attended"),
            "y": _("have left"),
            "spoken": _("How many have left rises from session to session, with its interval."),
        },
        "change": {
            "x": "",
            "y": outcome,
            "spoken": _("What was seen, beside what would be seen had nobody truly changed."),
        },
        "funnel": {
            "x": _("clients of a therapist"),
            "y": _("reliably better"),
            "spoken": _("Therapists as marks in the funnel that chance alone would fill."),
        },
        "within": {
            "x": _("the relationship, above or below own usual"),
            "y": _("%(scale)s, above or below own usual") % {"scale": outcome},
            "spoken": _("Sessions of one client compared with each other."),
        },
        "between": {
            "x": _("the relationship, usual level"),
            "y": _("%(scale)s, usual level") % {"scale": outcome},
            "spoken": _("Clients compared with each other, as observed."),
        },
        "calibration": {
            "x": _("expected to leave next"),
            "y": _("left next"),
            "spoken": _("Who was expected to leave and who left, in groups of sessions."),
        },
        "decision": {
            "x": _("check in from this chance of leaving on"),
            "y": _("net benefit per 1,000 sessions"),
            "spoken": _("What check-ins are worth by the model, with everybody and with nobody."),
        },
    }[about]


def texts() -> Mapping[str, str]:
    """Translate what stands in data and legends."""
    return {
        "better by any amount": _("better by any amount"),
        "reliable improvement": _("reliably better"),
        "no case any more": _("recovered"),
        "deterioration": _("reliably worse"),
        "seen": _("seen"),
        "had nobody changed": _("had nobody truly changed"),
        "as expected": _("as expected"),
        "at the edge": _("at the edge"),
        "beyond": _("beyond it"),
        "as the model suggests": _("as the model suggests"),
        "with everybody": _("with everybody"),
        "with nobody": _("with nobody"),
    }
