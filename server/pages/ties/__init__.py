"""Ties between people: asking, agreeing, keeping it up, closing well."""
