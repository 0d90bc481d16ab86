"""Pages about who is who."""
