"""Pages of the client's voice."""
