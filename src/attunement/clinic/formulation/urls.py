"""Addresses, each with the permission it needs."""

urlpatterns: list[object] = []
