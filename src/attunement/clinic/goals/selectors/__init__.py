"""What people see of goals."""
