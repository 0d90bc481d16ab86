"""What a therapist sees: whom to look at first and why, and one client at a time."""
