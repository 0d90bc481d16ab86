"""Addresses, each with the permission it needs."""

from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page
from attunement.clinic.people.views import account, glass, people, session, site
from attunement.clinic.people.views.home import home

urlpatterns = [
    page("", home, "home", Permission.HOME_READ),
    page("stay", session.stay, "stay", Permission.ACCOUNT_OWN),
    page("site/choose", session.choose_site, "choose_site", Permission.ACCOUNT_OWN),
    page("people/", people.people, "people", Permission.PEOPLE_MANAGE),
    page("people/<uuid:person>/", people.person, "person", Permission.PEOPLE_MANAGE),
    page("site/", site.site, "site", Permission.SITE_MANAGE),
    page("site/plan/", site.site_plan, "site_plan", Permission.PLAN_SITE),
    page("site/instruments/", site.instruments, "instruments", Permission.PLAN_SITE),
    page("site/permissions/", site.permissions, "permissions", Permission.PEOPLE_MANAGE),
    page("break-glass/", glass.break_glass, "break_glass", Permission.BREAK_GLASS),
    page("break-glass/<uuid:opened>/close", glass.close, "glass_close", Permission.BREAK_GLASS),
    page(
        "break-glass/log/", glass.break_glass_log, "break_glass_log", Permission.BREAK_GLASS_REVIEW
    ),
    page(
        "break-glass/<uuid:opened>/review",
        glass.review,
        "glass_review",
        Permission.BREAK_GLASS_REVIEW,
    ),
    page(
        "clients/<uuid:episode>/account/",
        account.client_account,
        "client_account",
        Permission.CLIENT_CHANGE,
    ),
]
