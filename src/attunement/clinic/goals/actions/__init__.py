"""What people do about goals."""
