"""Pages of worksheets."""
