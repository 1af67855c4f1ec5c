"""Which browser somebody uses, in words they know: as far as it says so itself. Pure."""

from __future__ import annotations

from app.languages.sentence import sentence

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
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def in_words(agent: str) -> str:
    """`Firefox on Android`; `a browser` where it does not say."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), sentence("A browser"))
    place = next((name for mark, name in _PLACES if mark in agent), "")
    return sentence("{browser} on {place}", browser=browser, place=place) if place else browser
