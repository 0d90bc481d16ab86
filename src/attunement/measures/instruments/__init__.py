"""Instruments: read, checked and found."""
