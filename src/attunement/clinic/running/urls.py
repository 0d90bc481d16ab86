"""Addresses, each with the permission it needs."""

from django.urls import URLPattern

from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page
from attunement.clinic.running.views import alive, ready

urlpatterns: list[URLPattern] = [
    page("alive", alive, "alive", Permission.PUBLIC_READ),
    page("ready", ready, "ready", Permission.PUBLIC_READ),
]
