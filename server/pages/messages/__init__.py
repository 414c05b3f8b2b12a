"""The conversation of a mentorship: read, written, fetched while it is open; its files."""
