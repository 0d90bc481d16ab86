"""Outcomes: rates with honest denominators, and comparisons that rank nobody."""
