"""A user's file in, a checked table out."""
