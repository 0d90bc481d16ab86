"""What pages about sessions and check-ins read."""
