"""Addresses, each with the permission it needs."""

from attunement.clinic.audit import views
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page

urlpatterns = [
    page("audit/", views.audit, "audit", Permission.AUDIT_READ),
    page("audit/check", views.check, "audit_check", Permission.AUDIT_READ),
]
