"""Attendance: who came, who did not, and who left, by definitions that are always named."""
