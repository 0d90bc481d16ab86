"""De-identified tables: what leaves the house, under which names, and how it is packed."""
