"""Why strain may be there: named guesses with their evidence, never a cause."""
