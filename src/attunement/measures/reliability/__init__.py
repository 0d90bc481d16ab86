"""Reliability: what a scale is worth on a site's own answers."""
