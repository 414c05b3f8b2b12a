"""The time zones that people choose from, by region and city."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from zoneinfo import available_timezones

from signaling.parts import Language
from web.i18n import translator

_regions = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")

Choice = tuple[str, str]


@cache
def zone_choices(language: Language) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """Each region of the IANA names with its zones, as pairs of name and city, by city; "UTC" stands last."""
    words = translator(language)
    zones = sorted(name for name in available_timezones() if name.partition("/")[0] in _regions)
    regions = [
        (region, tuple(sorted(((name, words.city(name)) for name in names), key=lambda pair: pair[1])))
        for region, names in groupby(zones, key=lambda name: name.partition("/")[0])
    ]
    return (*regions, ("UTC", (("UTC", "UTC"),)))


@cache
def is_zone(name: str) -> bool:
    """Whether it is an IANA name that this server knows."""
    return name in available_timezones()
