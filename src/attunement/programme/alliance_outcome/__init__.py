"""How the alliance and the outcome go together, within clients and between them."""
