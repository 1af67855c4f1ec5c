"""What `reknock doctor` looks at around us: clocks, disk, indexes, the way in, what is due."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
import requests

from app import clock
from app.access import proving
from app.channels import providers
from app.cli import doctor_store
from app.cli.finding import LOCAL, PATIENCE_SECONDS, Finding
from app.db import indexes
from app.settings import Settings

_OFF = timedelta(seconds=5)
"""A clock that is wrong by more makes stories of times that never were."""
_FAR_OFF = timedelta(minutes=2)
"""By so much signatures of webhooks are too old, or of the future."""
_GIB = 1 << 30
_LATE = timedelta(minutes=1)
_BASE = "_API_BASE"
_NTP = "Let chrony or systemd-timesyncd set the clocks of both machines."


def clocks(settings: Settings) -> Iterator[Finding]:
    """This machine's clock beside those of the database, the broker and the providers."""
    told: dict[str, Callable[[], datetime | None]] = {
        "database": partial(_database_time, settings),
        "redis": partial(_redis_time, settings),
    }
    for name, base in settings.plug_ins.items():
        if name.endswith(_BASE) and base and _is_on(settings, name):
            told[name.removesuffix(_BASE).lower()] = partial(_web_time, str(base))
    off = {}
    for name, ask in told.items():
        before = clock.machine_now()
        try:
            theirs = ask()
        except (psycopg.Error, redis.RedisError, requests.RequestException, ValueError):
            continue  # that it does not answer is said elsewhere
        after = clock.machine_now()
        if theirs is not None:
            off[name] = max(before - theirs - timedelta(seconds=1), theirs - after, timedelta())
    wrong = {name: by for name, by in off.items() if by > _OFF}
    for name, by in wrong.items():
        text = f"differs from that of the {name} by {by.total_seconds():.0f} s. {_NTP}"
        yield Finding("fail" if by > _FAR_OFF else "warn", "clock of this machine", text)
    if off and not wrong:
        yield Finding("ok", "clock of this machine", f"agrees with {', '.join(off)}")


def _is_on(settings: Settings, name: str) -> bool:
    carrying = providers.carrying(settings).values()
    on = {setting.name for some in carrying for one in some for setting in one.settings}
    return name in on


def _database_time(settings: Settings) -> datetime:
    with psycopg.connect(settings.database_url, connect_timeout=PATIENCE_SECONDS) as conn:
        return doctor_store.now(conn)


def _redis_time(settings: Settings) -> datetime | None:
    if not settings.redis_url:
        return None
    with redis.Redis.from_url(settings.redis_url, socket_connect_timeout=PATIENCE_SECONDS) as link:
        seconds, micros = link.time()
    return datetime.fromtimestamp(seconds + micros / 1e6, UTC)


def _web_time(base: str) -> datetime | None:
    """What a provider's server says in its head, which is whole seconds."""
    said = requests.head(base, timeout=PATIENCE_SECONDS).headers.get("Date", "")
    return parsedate_to_datetime(said) if said else None


def disk(settings: Settings) -> Iterator[Finding]:
    """Room where private state and photos are kept."""
    places = [settings.home, *([Path(settings.files)] if "://" not in settings.files else [])]
    for place in dict.fromkeys(_there(one) for one in places):
        free, whole = (found := shutil.disk_usage(place)).free, found.total
        said = f"{free / _GIB:.1f} GiB free of {whole / _GIB:.0f} at {place}"
        if free < _GIB / 4 or free < whole / 100:
            yield Finding("fail", "disk", f"{said}. Make room now: nothing is kept without it.")
        elif free < 2 * _GIB or free < whole / 20:
            yield Finding("warn", "disk", f"{said}. Make room, or keep data for fewer days.")
        else:
            yield Finding("ok", "disk", said)


def _there(place: Path) -> Path:
    """The place, or the nearest one above it that is there."""
    return next(one for one in (place, *place.parents) if one.exists())


def index(settings: Settings) -> Iterator[Finding]:
    """Every index that a migration makes is there and can be used."""
    try:
        with psycopg.connect(settings.database_url, connect_timeout=PATIENCE_SECONDS) as conn:
            wrong = indexes.wrong(conn)
    except psycopg.Error:
        return  # said above
    for name, remedy in wrong.items():
        yield Finding("fail", "index", f"{name} is missing or unfinished. Run: {remedy}")
    if not wrong:
        yield Finding("ok", "indexes", "all of them are there and whole")


def due(settings: Settings) -> Iterator[Finding]:
    """How much is due, how long it waits, and how much comes due."""
    try:
        with psycopg.connect(settings.database_url, connect_timeout=PATIENCE_SECONDS) as conn:
            found = doctor_store.due(conn, clock.now())
    except psycopg.Error:
        return  # said above
    coming = f"{_many(found.next_hour)} come due within the hour"
    if not found.due or found.oldest is None:
        yield Finding("ok", "steps", f"none is late; {coming}")
        return
    waits = clock.now() - found.oldest
    said = f"{_many(found.due)} due, the oldest for {waits.total_seconds():.0f} s; {coming}"
    if waits > _LATE:
        yield Finding("fail", "steps", f"{said}. Start more workers, or look why they stand still.")
    else:
        yield Finding("ok", "steps", said)


def _many(number: int) -> str:
    return f"more than {number - 1}" if number > doctor_store.MOST else str(number)


def way_in(settings: Settings) -> Iterator[Finding]:
    """Providers' callbacks and customers' links come by PUBLIC_URL: it leads here."""
    base = settings.public_url
    local = urlsplit(base).hostname in LOCAL
    asked = secrets.token_urlsafe(16)
    try:
        answer = requests.get(f"{base}/healthz", {"prove": asked}, timeout=PATIENCE_SECONDS)
        proof = answer.json().get("proof") if answer.ok else None
    except (requests.RequestException, ValueError, AttributeError) as error:
        text = f"{base} does not answer as we do ({type(error).__name__})."
        more = "Start `reknock up`." if local else "Check its name, proxy and certificate."
        yield Finding("warn" if local else "fail", "way in", f"{text} {more}")
        return
    if proof == proving.answer(asked):
        yield Finding("ok", "way in", f"{base} leads to us: callbacks and links arrive")
    else:
        text = (
            f"something else answers at {base} (HTTP {answer.status_code}). Let its proxy lead "
            "here, and give every machine the same SECRET_KEY."
        )
        yield Finding("warn" if local else "fail", "way in", text)
