"""The report: one page, in words and pictures, to read or to print."""
