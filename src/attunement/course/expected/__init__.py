"""Expected course: what is usual for people who began alike, and who is off track."""
