"""What administrators and staff do to people and sites."""
