"""Change: who got reliably better or worse, and where it came suddenly."""
