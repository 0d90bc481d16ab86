"""What can be done with files: handed in, taken in, undone."""
