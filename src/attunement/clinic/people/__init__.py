"""Who is who: sites, staff, clients, episodes of care, and who may do what."""
