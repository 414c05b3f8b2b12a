"""A live session, decided in pure code: who is there, the agenda and its timer."""
