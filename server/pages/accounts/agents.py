"""What a browser calls itself, in two words that people know."""

from __future__ import annotations

# The first that is found counts: nearly every browser says that it is Safari, and Edge that it is Chrome.
_browsers = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_systems = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def known_as(agent: str) -> tuple[str, str]:
    """Browser and system, "" for what is not known."""
    browser = next((name for word, name in _browsers if word in agent), "")
    system = next((name for word, name in _systems if word in agent), "")
    return browser, system
