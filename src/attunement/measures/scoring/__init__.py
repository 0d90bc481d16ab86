"""Scoring: from answers to scores."""
