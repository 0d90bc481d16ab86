"""Groups of clients: what may be shown of them, and what would give somebody away."""
