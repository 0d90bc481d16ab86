"""What the templates of the caseload can say."""
