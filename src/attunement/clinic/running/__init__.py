"""What keeps the clinic running: start, doctor, backup, health, logs."""
