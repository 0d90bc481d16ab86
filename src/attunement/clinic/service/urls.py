"""Addresses, each with the permission it needs."""

from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page
from attunement.clinic.service import views

urlpatterns = [
    page("service/", views.service, "service", Permission.SERVICE_READ),
    page("service/figures/", views.renew, "service_renew", Permission.SERVICE_RENEW),
]
