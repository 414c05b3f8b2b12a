"""The one UDP port: ICE-lite, DTLS-SRTP, and the pump that forwards packets."""
