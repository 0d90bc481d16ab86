"""Work that is due later, and the one worker that does it."""
