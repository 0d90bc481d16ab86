"""Addresses, each with the permission it needs."""

from attunement.clinic.checkins.views.inviting import invite, revoke
from attunement.clinic.checkins.views.kiosk import kiosk, kiosk_start
from attunement.clinic.checkins.views.link import answer, answer_thanks
from attunement.clinic.checkins.views.own import own, own_checkin, own_open, own_prefer, own_share
from attunement.clinic.checkins.views.plan import episode_plan
from attunement.clinic.checkins.views.sessions import session, session_change, session_new
from attunement.clinic.checkins.views.therapist import therapist_checkin
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page

urlpatterns = [
    page("c/<str:secret>", answer, "answer", Permission.CHECKIN_ANSWER_BY_TOKEN),
    page(
        "c/<str:secret>/thanks", answer_thanks, "answer_thanks", Permission.CHECKIN_ANSWER_BY_TOKEN
    ),
    page("tablet", kiosk, "kiosk", Permission.CHECKIN_ANSWER_BY_TOKEN),
    page("me/", own, "own", Permission.OWN_READ),
    page("me/asked", own_prefer, "own_prefer", Permission.OWN_ANSWER),
    page("me/check-ins/<int:checkin>", own_checkin, "own_checkin", Permission.OWN_ANSWER),
    page("me/check-ins/<int:checkin>/open", own_open, "own_open", Permission.OWN_ANSWER),
    page("me/check-ins/<int:checkin>/share", own_share, "own_share", Permission.OWN_ANSWER),
    page(
        "clients/<uuid:episode>/sessions/new", session_new, "session_new", Permission.SESSION_PLAN
    ),
    page("clients/<uuid:episode>/plan", episode_plan, "episode_plan", Permission.PLAN_EPISODE),
    page("sessions/<int:session>", session, "session", Permission.SESSION_PLAN),
    page(
        "sessions/<int:session>/change", session_change, "session_change", Permission.SESSION_PLAN
    ),
    page("check-ins/<int:checkin>/invite", invite, "invite", Permission.CHECKIN_INVITE),
    page("check-ins/<int:checkin>/revoke", revoke, "revoke", Permission.CHECKIN_INVITE),
    page("check-ins/<int:checkin>/tablet", kiosk_start, "kiosk_start", Permission.CHECKIN_INVITE),
    page(
        "check-ins/<int:checkin>/mine",
        therapist_checkin,
        "therapist_checkin",
        Permission.CHECKIN_ANSWER_AS_THERAPIST,
    ),
]
