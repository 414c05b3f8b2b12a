"""Words, numbers and dates in the reader's language. Strict: what is missing raises, nothing is guessed.

A catalogue is a flat JSON object: key → text with ``{placeholder}``s, or key → {"one": …, "other": …} where
the value named ``count`` selects the plural form (CLDR's categories, by babel).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from babel import Locale
from babel.dates import (
    format_date,
    format_datetime,
    get_day_names,
    get_timezone_name,
)
from babel.numbers import format_decimal

from signaling.parts import Language

LANGUAGES: Final[tuple[Language, ...]] = ("en", "fr")
"""The first is the one for readers who ask for none of these."""

NAMES: Final[Mapping[Language, str]] = {"en": "English", "fr": "Français"}
"""Each language by its own name."""

SPOKEN: Final = ("fr", "en", "ar", "de", "es", "fa", "it", "nl", "pl", "pt", "ru", "tr", "uk", "vi", "zh")
"""Languages that people can say they speak, ours first; named by the CLDR."""

PAGE_CATALOGUES: Final = (
    "common",
    "pages",
    "forms",
    "accounts",
    "programmes",
    "bank",
    "matching",
    "mentorships",
    "scheduling",
    "recap",
    "messages",
    "coordination",
)
"""What server-rendered pages may say; the client has ``common``, ``room`` and ``notes``."""

# en-GB counts its days before its months and its hours to 24, as look.md writes them.
_LOCALES: Final[Mapping[Language, str]] = {"en": "en_GB", "fr": "fr"}

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")

Entry = str | dict[str, str]
Value = str | int | float


class TextError(LookupError):
    """A text is missing, or a value that it needs: a fault in the program, never in what a person typed."""


@cache
def catalogue(language: Language, name: str) -> Mapping[str, Entry]:
    """One catalogue file. Raises FileNotFoundError, or msgspec.ValidationError when it has another shape."""
    path = resources.files("web") / "locales" / language / f"{name}.json"
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Entry])


class Translator:
    """One language's words, numbers and dates."""

    def __init__(self, language: Language, entries: Mapping[str, Entry]) -> None:
        self.language: Language = language
        self._entries = entries
        self._locale = Locale.parse(_LOCALES[language])

    def text(self, key: str, **values: Value) -> str:
        """The text under ``key``, its placeholders filled; numbers are written as the language does.

        Raises TextError when the key, the plural form, ``count`` or a placeholder's value is missing.
        """
        entry = self._entries.get(key)
        if entry is None:
            raise TextError(f"{self.language}: no text for {key!r}")
        pattern = entry if isinstance(entry, str) else self._plural(key, entry, values)

        def fill(match: re.Match[str]) -> str:
            try:
                value = values[match[1]]
            except KeyError:
                raise TextError(f"{self.language}: {key!r} needs a value for {match[1]!r}") from None
            return value if isinstance(value, str) else self.number(value)

        return _PLACEHOLDER.sub(fill, pattern)

    def _plural(self, key: str, forms: Mapping[str, str], values: Mapping[str, Value]) -> str:
        count = values.get("count")
        if not isinstance(count, int | float):
            raise TextError(f"{self.language}: {key!r} needs a number named count")
        # CLDR's French "many" is for millions and takes the form of "other" in our sentences.
        form = forms.get(self._locale.plural_form(count), forms.get("other"))
        if form is None:
            raise TextError(f"{self.language}: {key!r} has no form for {count}")
        return form

    def spoken(self, tag: str) -> str:
        """The name of a language (BCP 47) in this one; the tag itself when it has none."""
        return str(self._locale.languages.get(tag, tag))

    def number(self, value: float) -> str:
        """A number with this language's separators."""
        if type(value) is int and 0 <= value < 1000:
            # No language of ours separates anything there, and the CLDR's patterns take their time.
            return str(value)
        return format_decimal(value, locale=self._locale)

    def instant(self, at_ms: int, zone: tzinfo = UTC, *, name_zone: bool = True, long: bool = False) -> str:
        """An instant (ms since the epoch) as people say it: "Thu 29 Oct, 14:00 (UTC)", in ``zone``.

        ``long`` is for the middle of a sentence: "Thursday 29 October, 14:00 (UTC)".
        """
        local = _local(at_ms, zone)
        said = format_datetime(
            local, "EEEE d MMMM, HH:mm" if long else "EEE d MMM, HH:mm", locale=self._locale
        )
        if not name_zone:
            return said
        name = "UTC" if zone is UTC else get_timezone_name(local, width="short", locale=self._locale)
        if name[:1] in {"+", "-"} and isinstance(zone, ZoneInfo):
            # "UTC-4" in figures says little: the language has no short name for it, the place has one.
            name = self.city(zone.key)
        return f"{said} ({name})"

    def clock(self, at_ms: int, zone: tzinfo = UTC) -> str:
        """The time of day of an instant: "14:00"."""
        return format_datetime(_local(at_ms, zone), "HH:mm", locale=self._locale)

    def day(self, at_ms: int, zone: tzinfo = UTC) -> str:
        """The day of an instant: "Thursday 29 October"."""
        return format_datetime(_local(at_ms, zone), "EEEE d MMMM", locale=self._locale)

    def long_day(self, at_ms: int, zone: tzinfo = UTC) -> str:
        """The day of an instant with its year: "29 October 2026"."""
        return format_datetime(_local(at_ms, zone), "d MMMM y", locale=self._locale)

    def date(self, day: str) -> str:
        """A day as people write it, from its ISO form: "3 Nov 2026"."""
        return format_date(date.fromisoformat(day), "d MMM y", locale=self._locale)

    def weekday(self, number: int) -> str:
        """The name of a weekday, 0 for Monday."""
        return str(get_day_names(locale=self._locale)[number])

    def city(self, zone: str) -> str:
        """What a zone is known by: "Montréal"."""
        # Not babel's own function: it takes Montréal for Toronto, whose clocks are the same by now.
        named: dict[str, str] = self._locale.time_zones.get(zone, {})
        return named.get("city") or zone.rpartition("/")[2].replace("_", " ")


def _local(at_ms: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)


@cache
def translator(language: Language) -> Translator:
    """The words of the server-rendered pages in one language."""
    entries: dict[str, Entry] = {}
    for name in PAGE_CATALOGUES:
        entries.update(catalogue(language, name))
    return Translator(language, entries)


def as_language(text: str | None) -> Language | None:
    """The language that a cookie or a form names, if it is one of ours."""
    return next((language for language in LANGUAGES if language == text), None)


def negotiate(accept_language: str) -> Language:
    """The best of our languages for an ``Accept-Language`` header (RFC 9110, 12.5.4); never raises.

    The highest weight wins, the first named among equals; ``fr-CA`` asks for ``fr``; ``*`` for the first.
    """
    best: Language = LANGUAGES[0]
    best_weight = 0.0
    # A real header names a handful of languages; a longer one is not read to its end.
    for part in accept_language[:1000].split(","):
        tag, _, parameters = part.strip().partition(";")
        weight = _weight(parameters)
        primary = tag.strip().lower().partition("-")[0]
        language = LANGUAGES[0] if primary == "*" else as_language(primary)
        if language is not None and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if not parameters.strip():
        return 1.0
    if name.strip().lower() != "q" or not re.fullmatch(r"[01](\.\d{0,3})?", value.strip()):
        return 0.0
    return min(float(value), 1.0)


def zone(name: str) -> tzinfo | None:
    """The time zone of an IANA name that somebody sent, or None when there is no such zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
