"""Everything that runs: rules, room, media, transport, storage, pages."""
