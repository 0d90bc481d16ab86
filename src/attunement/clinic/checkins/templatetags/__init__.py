"""What templates of check-ins need."""
