"""What can be done with plans, sessions, invitations and answers."""
