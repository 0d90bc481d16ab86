"""Files in and out: a practice's history, and tables without names."""
