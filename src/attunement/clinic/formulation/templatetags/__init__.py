"""What templates of formulation need."""
