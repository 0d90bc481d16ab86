"""Who did what and who read what: append-only, and chained so that a change shows."""
