"""Pages around a session."""
