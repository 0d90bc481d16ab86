"""Addresses, each with the permission it needs."""

from attunement.clinic.goals.views.by_link import link_goals
from attunement.clinic.goals.views.own import own_goals
from attunement.clinic.goals.views.tablet import goals_tablet, tablet_goals
from attunement.clinic.goals.views.therapist import goals, goals_change
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page

urlpatterns = [
    page("clients/<uuid:episode>/goals/", goals, "goals", Permission.CLIENT_READ),
    page(
        "clients/<uuid:episode>/goals/change", goals_change, "goals_change", Permission.GOAL_WRITE
    ),
    page(
        "clients/<uuid:episode>/goals/tablet", goals_tablet, "goals_tablet", Permission.GOAL_WRITE
    ),
    page("me/goals/", own_goals, "own_goals", Permission.OWN_GOALS),
    page("c/<str:secret>/goals", link_goals, "link_goals", Permission.CHECKIN_ANSWER_BY_TOKEN),
    page("tablet/goals", tablet_goals, "tablet_goals", Permission.CHECKIN_ANSWER_BY_TOKEN),
]
