"""Attunement: strengthens the working relationship between client and therapist."""
