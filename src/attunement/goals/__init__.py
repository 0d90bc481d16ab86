"""Goals: what client and therapist each want to reach, how far they agree, and how it goes."""
