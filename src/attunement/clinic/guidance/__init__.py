"""What could help, what was tried, and what followed."""
