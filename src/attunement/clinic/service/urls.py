"""Addresses, each with the permission it needs."""

from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page
from attunement.clinic.service import views

READ = Permission.SERVICE_READ

urlpatterns = [
    page("service/", views.service, "service", READ),
    page("service/analyst/", views.analyst, "service_analyst", READ),
    page("service/methods/", views.methods, "service_methods", READ),
    page("service/figures.zip", views.download, "service_download", READ),
    page("service/figures/", views.renew, "service_renew", Permission.SERVICE_RENEW),
]
