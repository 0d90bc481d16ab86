"""Act: why strain may be there, what could help, and whether it did."""
