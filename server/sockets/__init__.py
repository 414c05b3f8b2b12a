"""The WebSocket endpoint: one connection of one member."""
