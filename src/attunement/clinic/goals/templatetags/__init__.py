"""What other pages say about goals."""
