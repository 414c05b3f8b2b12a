"""HTTP pages: start a session, links, the room, health and metrics."""
