"""Addresses, each with the permission it needs."""

from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page
from attunement.clinic.people.views.home import home

urlpatterns = [page("", home, "home", Permission.HOME_READ)]
