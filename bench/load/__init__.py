"""A load of people for a forwarding server: they send, receive, repair and report as a browser does."""
