"""What did it cost? Cost per reliable recovery, and cost against effect, from a stated view."""
