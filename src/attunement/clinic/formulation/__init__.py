"""Shared formulation: worksheets in four lenses, part by part private or shared, never lost."""
