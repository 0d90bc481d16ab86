"""The client's own voice: what they want to raise, ways on, and a word to the service."""
