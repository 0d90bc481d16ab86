"""Addresses, each with the permission it needs."""

from attunement.clinic.guidance.views.attempts import attempt_mark, tried, wish_note
from attunement.clinic.guidance.views.library import (
    followed,
    library,
    library_with,
    school,
    strategy,
    strategy_with,
)
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page

urlpatterns = [
    page("clients/<uuid:episode>/tried/", tried, "tried", Permission.CLIENT_READ),
    page(
        "clients/<uuid:episode>/tried/mark", attempt_mark, "attempt_mark", Permission.ATTEMPT_MARK
    ),
    page("clients/<uuid:episode>/tried/wish", wish_note, "wish_note", Permission.ATTEMPT_MARK),
    page(
        "clients/<uuid:episode>/strategies/",
        library_with,
        "strategies_with",
        Permission.CLIENT_READ,
    ),
    page(
        "clients/<uuid:episode>/strategies/<slug:strategy>/",
        strategy_with,
        "strategy_with",
        Permission.CLIENT_READ,
    ),
    page("strategies/", library, "strategies", Permission.STRATEGY_READ),
    page("strategies/school", school, "school", Permission.ATTEMPT_MARK),
    page("strategies/followed/", followed, "followed", Permission.FOLLOWED_READ),
    page("strategies/read/<slug:strategy>/", strategy, "strategy", Permission.STRATEGY_READ),
]
