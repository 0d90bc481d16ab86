"""Pages of rights and keys."""
