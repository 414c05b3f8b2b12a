"""Programmes and who takes part in them: setting up, inviting, joining, training, profiles, the bank."""
