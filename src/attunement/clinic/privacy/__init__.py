"""What is kept, encrypted, handed out and erased."""
