"""What clients, therapists and the service do here."""
