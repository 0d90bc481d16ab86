"""The clinic: people, check-ins, and someone who notices. Holds state and calls the rooms."""
