"""What is noticed at each check-in: scores, signals, ruptures and alerts."""
