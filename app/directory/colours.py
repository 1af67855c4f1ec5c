"""Colours of a brand that everybody can read, in light and in dark, as WCAG counts it. Pure."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Sequence

ENOUGH = 4.5
"""What WCAG 2.2 AA wants of text, and more than it wants of what is no text."""
_LIGHT = ("f6f4ef", "fffefb")
_DARK = ("111614", "19201d")
"""The grounds of `reknock.css` on which links stand."""
_WHITE, _BLACK = "ffffff", "06110d"
_HEX = re.compile(r"#?([0-9a-fA-F]{6})\Z")
_STEPS = 100


def read(text: str) -> str:
    """Six digits of a colour that somebody wrote, `#0D5C4C` or `0d5c4c`; empty when it is none."""
    found = _HEX.match(text.strip())
    return found[1].lower() if found else ""


def contrast(one: str, other: str) -> float:
    """How far two colours are apart, from 1 to 21."""
    bright, deep = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (deep + 0.05)


def legible(colour: str, *, dark: bool) -> bool:
    """Whether links in it, and words on a button of it, can be read."""
    words = _BLACK if dark else _WHITE
    return all(contrast(colour, ground) >= ENOUGH for ground in (*_grounds(colour, dark), words))


def suggested(colour: str, *, dark: bool) -> str:
    """The nearest shade of a colour that can be read; itself when it can be."""
    hue, light, grey = colorsys.rgb_to_hls(*_parts(colour))
    end = 1.0 if dark else 0.0
    for step in range(_STEPS + 1):
        shade = _hex(colorsys.hls_to_rgb(hue, light + (end - light) * step / _STEPS, grey))
        if legible(shade, dark=dark):
            return shade
    return "6fd3b4" if dark else "0d5c4c"


def styles(colour: str, dark: str) -> str:
    """The stylesheet of a brand: the house's, with its own accents."""
    dark = dark or suggested(colour, dark=True)
    return (
        f":root{{{_rules(colour, dark=False)}}}\n"
        f"@media (prefers-color-scheme: dark){{:root{{{_rules(dark, dark=True)}}}}}\n"
    )


def _rules(colour: str, *, dark: bool) -> str:
    words, end = (_BLACK, _WHITE) if dark else (_WHITE, "000000")
    rules = {
        "accent": colour,
        "accent-deep": _mixed(colour, end, 0.25),
        "on-accent": words,
        "tint": _tint(colour, dark),
    }
    return ";".join(f"--{name}:#{value}" for name, value in rules.items())


def _grounds(colour: str, dark: bool) -> Sequence[str]:
    return (*(_DARK if dark else _LIGHT), _tint(colour, dark))


def _tint(colour: str, dark: bool) -> str:
    """The ground of what is emphasised."""
    return _mixed(_DARK[1], colour, 0.14) if dark else _mixed(_LIGHT[1], colour, 0.08)


def _mixed(one: str, other: str, much: float) -> str:
    pairs = zip(_parts(one), _parts(other), strict=True)
    return _hex([a + (b - a) * much for a, b in pairs])


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _parts(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parts(colour: str) -> list[float]:
    return [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]


def _hex(parts: Sequence[float]) -> str:
    return "".join(f"{round(min(max(part, 0), 1) * 255):02x}" for part in parts)
