"""Addresses, each with the permission it needs."""

from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page
from attunement.clinic.people.views.home import home
from attunement.clinic.people.views.session import choose_site, stay

urlpatterns = [
    page("", home, "home", Permission.HOME_READ),
    page("site/choose", choose_site, "choose_site", Permission.ACCOUNT_OWN),
    page("stay", stay, "stay", Permission.ACCOUNT_OWN),
]
