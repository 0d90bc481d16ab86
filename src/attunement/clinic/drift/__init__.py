"""A model of who may drift away, learned from the site's own data, and what it suggests."""
