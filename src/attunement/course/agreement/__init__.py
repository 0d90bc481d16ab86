"""Agreement: how far apart client and therapist see the same session."""
