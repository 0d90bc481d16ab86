"""What templates of the client's voice need."""
