"""How values are written in a set-up file: spans, times of day, weekdays, secrets. Both ways."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from marshmallow import ValidationError, fields
from typing_extensions import override

from app.managing.policies import durations

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Span(fields.Field[timedelta]):
    """A length of time, as `90 s`, `20 min`, `4 h` or `2 days`."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> timedelta:
        try:
            span = timedelta(seconds=durations.read(value if isinstance(value, str) else "?"))
        except ValueError as error:
            raise ValidationError(str(error)) from None
        if span < timedelta():
            raise ValidationError("A length of time is not below zero.")
        return span


class Wall(fields.Field[time]):
    """A time of day, as `"08:30"`; `"24:00"` is midnight."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> time:
        text = "00:00" if value == "24:00" else value
        if isinstance(text, time):
            return text
        try:
            hour, minute = str(text).split(":")
            return time(int(hour), int(minute))
        except ValueError:
            raise ValidationError('Write a time of day like "08:30".') from None


class Days(fields.Field[list[int]]):
    """Weekdays, as `"mon-fri"` or `"mon, wed, sat-sun"`; ISO numbers."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[int]:
        found: set[int] = set()
        try:
            for part in value.lower().split(","):
                first, _, last = (one.strip()[:3] for one in part.partition("-"))
                begin = WEEK.index(first)
                end = WEEK.index(last) if last else begin
                found |= {(begin + n) % 7 + 1 for n in range((end - begin) % 7 + 1)}
        except (AttributeError, ValueError):
            raise ValidationError('Write weekdays like "mon-fri" or "mon, wed, sat".') from None
        return sorted(found)


class Secret(NamedTuple):
    """Where a secret value stands; never the value."""

    env: str = ""
    file: str = ""

    def read(self, folder: Path) -> str | None:
        """The value, files named from this folder; None where there is none."""
        if self.env:
            return os.environ.get(self.env) or None
        try:
            return (folder / self.file).read_text().strip() or None
        except OSError:
            return None

    @property
    def place(self) -> str:
        """Where it is looked for, in words."""
        return f"{self.env} in the environment" if self.env else f"the file {self.file}"


class SecretRef(fields.Field[Secret]):
    """`{ env = "NAME" }`, or `{ file = "PATH" }` from where the set-up file is."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Secret:
        match value:
            case {"env": str(name)} if name and len(value) == 1:
                return Secret(env=name)
            case {"file": str(name)} if name and len(value) == 1:
                return Secret(file=name)
        raise ValidationError(
            'No secret stands in this file: write { env = "NAME" } or { file = "PATH" }.'
        )


class Value(fields.Field[str | Secret]):
    """A text as it is, or where it stands when it is secret."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str | Secret:
        if isinstance(value, str):
            return value
        secret: Secret = SecretRef().deserialize(value)
        return secret


class Given(fields.Raw):
    """A value of any form, or where it stands when it is secret."""

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        match value:
            case {"env": str()} | {"file": str()} if len(value) == 1:
                return SecretRef().deserialize(value)
        return value


def env_name(*parts: str) -> str:
    """The variable that a secret is looked for in."""
    return re.sub(r"[^A-Z0-9]+", "_", "_".join(parts).upper())


def span(value: timedelta) -> str:
    """A length of time as it is written."""
    return durations.words(value.total_seconds())


def wall(value: time) -> str:
    """A time of day as it is written."""
    return f"{value:%H:%M}"


def days(numbers: Iterable[int]) -> str:
    """Weekdays as they are written: runs of three or more from first to last."""
    said: list[str] = []
    run: list[int] = []
    for number in [*sorted(numbers), 99]:
        if run and number != run[-1] + 1:
            names = [WEEK[one - 1] for one in run]
            said += [f"{names[0]}-{names[-1]}"] if len(run) > 2 else names
            run = []
        run.append(number)
    return ", ".join(said)
