"""Addresses, each with the permission it needs."""

from attunement.clinic.drift import views
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page

urlpatterns = [page("model/", views.model, "drift_model", Permission.MODEL_READ)]
