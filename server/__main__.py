"""``python -m server`` is ``compagnon``."""

from server.cli import main

main()
