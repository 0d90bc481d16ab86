"""Formulation: one case seen through the lenses of four schools, on structured worksheets."""
