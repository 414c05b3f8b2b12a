"""Redis: the only place where keys are spelled, one file a noun."""
