"""Make plans and pages ready before the first request, so that nobody waits for them."""

from django.urls import get_resolver

from attunement.clinic.noticing.course import noticed
from attunement.clinic.noticing.given import Given
from attunement.clinic.noticing.instruments import instruments, watched_scales
from attunement.clinic.noticing.scores import scored
from attunement.clinic.noticing.strain import safety_findings

FORMS = (("session-check-in",), ("session-check-in-therapist",), ("phq9",))


def warm() -> None:
    """Score and notice a made-up course on the forms that most sites use; read every view."""
    get_resolver().url_patterns  # noqa: B018
    for forms in FORMS:
        first = instruments()[forms[0]].items[0]
        given = [Given(instrument=forms[0], item=first.id, value=0)]
        scored(forms, given)
        list(safety_findings(1, forms, given))
        names = [name for form in forms for name in watched_scales(form)]
        noticed(names, [(name, 1, 0.0) for name in names], {})
