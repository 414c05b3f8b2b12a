"""Which handler does which kind of task: the table that ``server/jobs.py`` works by."""

from __future__ import annotations

from collections.abc import Mapping

from server.jobs import Handler
from server.pages.site import Site


def handlers(site: Site) -> Mapping[str, Handler]:
    """Each area's handlers, by the kind of task."""
    return {}
