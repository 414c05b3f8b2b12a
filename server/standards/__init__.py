"""WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): rooms for encoders and players that speak no WebSocket."""
