"""What people do from a caseload."""
