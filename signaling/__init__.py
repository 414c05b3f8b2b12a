"""The language that browser and server speak: typed messages, offer and answer, SDP. No I/O."""
