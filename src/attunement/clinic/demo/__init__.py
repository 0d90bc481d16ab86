"""A synthetic clinic, made by the same actions that people use."""
