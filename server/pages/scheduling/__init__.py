"""Pages of time: when people are free, their sessions, their calendars."""
