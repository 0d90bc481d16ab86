"""What the benchmark of the clinic is made of: filling, loading, and the bare view beside it."""
