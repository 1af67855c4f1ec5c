"""What all processes have counted, as Prometheus reads it: its own text format, or OpenMetrics.

prometheus_client would make an object of every line; there are thousands, and asking is to cost
little. Its parser is the judge in the tests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeAlias, cast

import redis

from app.counted.counting import (
    COUNTS,
    EXAMPLES,
    MICRO,
    SEPARATOR,
    Counter,
    Histogram,
    escaped,
)
from app.counted.families import ALL

_READ = "return table.concat(redis.call('HGETALL', KEYS[1]), '\\n')"  # one text is read quickly

_Series: TypeAlias = dict[tuple[str, ...], dict[str, str]]
"""Of one family, by the values of the labels: what was counted, by bucket, `sum` or ``."""


def text(client: redis.Redis, *, openmetrics: bool) -> str:
    """All families; those of which nothing was counted yet with their names alone.

    Raises:
        redis.RedisError: it is away.
    """
    with client.pipeline(transaction=False) as both:
        both.eval(_READ, 1, COUNTS)
        both.eval(_READ, 1, EXAMPLES) if openmetrics else both.ping()
        counts, examples = cast("tuple[bytes, bytes]", tuple(both.execute()))
    found, shown = _by_family(counts), _by_family(examples if openmetrics else b"")
    lines: list[str] = []
    for family in ALL:
        series = found[family.name]
        if isinstance(family, Histogram):
            lines += _head(family.name, "histogram", family.text)
            lines += _histogram(family, series, shown[family.name])
        else:
            lines += _head(
                f"{family.name}{'' if openmetrics else '_total'}", "counter", family.text
            )
            lines += _counter(family, series)
    return "\n".join([*lines, ""])


def _by_family(read: bytes) -> Mapping[str, _Series]:
    """What was read, without what this version does not know.

    Most fields differ from others by their last part alone: the rest is taken apart once for all.
    """
    alike: dict[str, dict[str, str]] = {}
    parts = iter(read.decode().split("\n")) if read else iter(())
    for field, value in zip(parts, parts, strict=True):
        begin, _, last = field.rpartition(SEPARATOR)
        try:
            alike[begin][last] = value
        except KeyError:
            alike[begin] = {last: value}
    families = {family.name: family for family in ALL}
    found: defaultdict[str, _Series] = defaultdict(dict)
    for begin, rest in alike.items():
        name, *values = begin.split(SEPARATOR)
        family = families.get(name)
        if isinstance(family, Histogram) and len(values) == len(family.labels):
            found[name][tuple(values)] = rest
        elif isinstance(family, Counter) and len(values) + 1 == len(family.labels):
            found[name] |= {(*values, last): {"": value} for last, value in rest.items()}
    return found


def _head(name: str, kind: str, about: str) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"


def _counter(family: Counter, series: _Series) -> Iterator[str]:
    for values, counted in sorted(series.items()):
        yield f"{family.name}_total{{{_labels(family, values)}}} {counted['']}"


def _histogram(family: Histogram, series: _Series, shown: _Series) -> list[str]:
    lines = []
    for values, counted in sorted(series.items()):
        labels, examples = _labels(family, values), shown.get(values)
        begin, below = f'{family.name}_bucket{{{labels},le="', 0
        for end in family.ends:
            if end in counted:
                below += int(counted[end])
            example = examples.get(end, "") if examples else ""
            lines.append(f'{begin}{end}"}} {below}{example}')
        lines.append(f"{family.name}_sum{{{labels}}} {int(counted.get('sum', 0)) / MICRO}")
        lines.append(f"{family.name}_count{{{labels}}} {below}")
    return lines


def _labels(family: Counter | Histogram, values: tuple[str, ...]) -> str:
    pairs = zip(family.labels, values, strict=True)
    return ",".join(f'{name}="{escaped(value)}"' for name, value in pairs)
