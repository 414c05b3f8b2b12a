"""The rules of mentoring: people, programmes, ties. Decides only: no I/O, no clock, no randomness."""
