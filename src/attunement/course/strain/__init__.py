"""Strain: what people told, what dropped, what is drifting, and whether it was repaired."""
