"""Alerts, and the caseloads of supervisees."""
