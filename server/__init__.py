"""Everything that runs: rules, room, media, transport, storage, pages."""

__version__ = "0.1.0"
