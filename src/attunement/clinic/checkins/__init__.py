"""Sessions and what is asked around them."""
