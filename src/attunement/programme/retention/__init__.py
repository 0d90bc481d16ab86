"""Who stays, who drifts away, and with whom a check-in is worth the while."""
