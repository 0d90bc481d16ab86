"""What supervisors, managers and administrators see and set up."""
