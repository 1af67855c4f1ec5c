"""How a locale writes days and times: CLDR's patterns by Babel, mended where they do not fit."""

from __future__ import annotations

import re
from collections.abc import Mapping

from babel import Locale
from babel.dates import DateTimePattern, parse_pattern

from app.languages.language import Form

_YEAR = re.compile(r"(\s*'[^']*'\s*|[\s,.،/-])*y+")


def of(locale: Locale, own: Mapping[Form, str]) -> dict[Form, DateTimePattern]:
    """The patterns of a locale; those of `own` come first.

    A day with its name is the full pattern without its year: the skeleton for it falls back to
    shortened names in half of the languages.
    """
    full = locale.date_formats["full"].pattern
    written: dict[Form, str] = {
        "time": locale.time_formats["short"].pattern,
        "day": _skeleton(locale, "MMMd"),
        "date": _YEAR.sub("", full, count=1),
        "date_with_year": full,
        "short": f"{_skeleton(locale, 'MMMEd')}, {{time}}",
        "long": f"{_YEAR.sub('', full, count=1)}, {{time}}",
    }
    written.update(own)
    time = written["time"]
    return {form: parse_pattern(text.replace("{time}", time)) for form, text in written.items()}


def _skeleton(locale: Locale, name: str) -> str:
    pattern: str = locale.datetime_skeletons[name].pattern
    return pattern
