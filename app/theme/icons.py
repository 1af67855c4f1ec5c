"""A few line icons, drawn for this house; decoration only, so screen readers pass them by."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup

_PATHS = {
    # A door that is knocked on: the mark of the house.
    "mark": '<path d="M9 21V4.5A1.5 1.5 0 0 1 10.5 3h8A1.5 1.5 0 0 1 20 4.5V21"/>'
    '<path d="M7 21h15"/><circle cx="13" cy="12.5" r="1.6"/>'
    '<path d="M5.5 9.5a5 5 0 0 0 0 6M2.5 7.5a9 9 0 0 0 0 10"/>',
    "door": '<path d="M6 21V4.5A1.5 1.5 0 0 1 7.5 3h9A1.5 1.5 0 0 1 18 4.5V21M4 21h16"/>'
    '<circle cx="14.5" cy="12.5" r="1"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "truck": '<path d="M3 17V6.5A1.5 1.5 0 0 1 4.5 5H14v12M14 9h4l3 4v4h-2M9.5 17H14"/>'
    '<circle cx="7" cy="17.5" r="2"/><circle cx="17" cy="17.5" r="2"/>',
    "pin": '<path d="M12 21s7-6.2 7-11.5a7 7 0 0 0-14 0C5 14.8 12 21 12 21Z"/>'
    '<circle cx="12" cy="9.5" r="2.5"/>',
    "phone": '<path d="M5 4h3.5l1.5 4.5-2 1.5a12 12 0 0 0 6 6l1.5-2 4.5 1.5V19'
    'a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2Z"/>',
    "mail": '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m4 7 8 6 8-6"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "calendar": '<rect x="4" y="5" width="16" height="16" rx="2"/>'
    '<path d="M4 10h16M8 3v4M16 3v4"/>',
    "alert": '<path d="M12 4 2.5 20h19L12 4ZM12 10v4.5M12 17.2v.1"/>',
    "box": '<path d="m4 8 8-4.5L20 8v8.5L12 21l-8-4.5V8Zm0 0 8 4.5L20 8M12 12.5V21"/>',
    "heart": '<path d="M12 20S4 15 4 9.3A4.3 4.3 0 0 1 12 7a4.3 4.3 0 0 1 8 2.3'
    'C20 15 12 20 12 20Z"/>',
    "shield": '<path d="M12 3.5 5 6v5.5c0 4.5 3 7.5 7 9 4-1.5 7-4.5 7-9V6l-7-2.5Z"/>'
    '<path d="m9 12 2.2 2.2L15 10.5"/>',
    "globe": '<circle cx="12" cy="12" r="9"/>'
    '<path d="M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18"/>',
    "person": '<circle cx="12" cy="8" r="4"/>'
    '<path d="M4.5 21c.5-4 3.5-6.5 7.5-6.5s7 2.5 7.5 6.5"/>',
    "search": '<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>',
    "arrow": '<path d="M5 12h14M13 6l6 6-6 6"/>',
}


@cache
def icon(name: str) -> Markup:
    """An icon as inline SVG in the colour of its text.

    Raises:
        KeyError: there is none of this name.
    """
    return Markup(  # noqa: S704 - constants of this file
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" '
        'stroke="currentColor" stroke-width="1.75" stroke-linecap="round" '
        f'stroke-linejoin="round" aria-hidden="true">{_PATHS[name]}</svg>'
    )
