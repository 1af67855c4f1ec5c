"""Which browser somebody uses, in words they know: as far as it says so itself. Pure."""

from __future__ import annotations

_BROWSERS = (  # the more special first: most of them claim to be the others too
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_PLACES = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "a Chromebook"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)


def in_words(agent: str) -> str:
    """`Firefox on Android`; `a browser` where it does not say."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "A browser")
    place = next((name for mark, name in _PLACES if mark in agent), "")
    return f"{browser} on {place}" if place else browser
