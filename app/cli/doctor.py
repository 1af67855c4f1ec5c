"""`reknock doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from urllib.parse import urlsplit

import click
import orjson
import psycopg
import redis
from kombu import Connection as Broker

from app import clock, files
from app.access import secret as installation
from app.channels import providers
from app.cli import environment, pooling, sending_tests, surroundings
from app.cli.errors import NothingRunsError
from app.cli.finding import LOCAL, PATIENCE_SECONDS, Finding
from app.db import migrate, turns
from app.intake import accounts
from app.settings import Settings, SettingsError, load

CLOCK_SILENT = timedelta(seconds=15)
"""The clock process writes its heartbeat every few seconds."""


_USABLE = Finding("ok", "settings", "every value can be used")


@click.command("doctor")
@click.option(
    "--send-to",
    "send_to",
    multiple=True,
    metavar="ADDRESS",
    help="Send a test there, by every provider that can: a number, or an e-mail address.",
)
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")
def command(send_to: tuple[str, ...], *, as_json: bool) -> None:
    """Check settings, database, broker, providers, clocks, disk, and whether we can be reached.

    Exits with 1 when something fails; warnings are for a look.

    Example: reknock doctor --send-to +17145550111 --send-to ops@example.com
    """
    found = []
    for finding in examine(send_to):
        found.append(finding)
        if not as_json:
            colour = {"ok": "green", "warn": "yellow", "fail": "red"}[finding.level]
            label = click.style(f"{finding.level:<4}", fg=colour)
            click.echo(f"{label}  {finding.subject}: {finding.text}", err=finding.level == "fail")
    failed = any(finding.level == "fail" for finding in found)
    if as_json:
        document = {"ok": not failed, "findings": [asdict(finding) for finding in found]}
        click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    if failed:
        raise SystemExit(1)


def examine(send_to: Sequence[str] = ()) -> Iterator[Finding]:
    """All findings, in the order in which they depend on each other."""
    try:
        settings = environment.attach()
    except SettingsError as error:
        yield from _faults(error)
        return
    except NothingRunsError as error:
        yield from before_the_start()
        yield Finding("fail", "database", str(error))
        return
    yield _USABLE
    installation.configure(settings.secret_key)
    checks: list[Callable[[Settings], Iterator[Finding]]] = [
        database,
        bouncer,
        broker,
        eviction,
        secret,
        couriers,
        links,
        photos,
        channels,
        surroundings.index,
        surroundings.due,
        surroundings.clocks,
        surroundings.disk,
        surroundings.way_in,
    ]
    for check in checks:
        yield from check(settings)
    yield from sending_tests.send(settings, send_to)


def before_the_start() -> Iterator[Finding]:
    """What the environment alone tells. Nothing is made, not even the key of a first start."""
    env = environment.read()
    try:
        settings = load(env | {"SECRET_KEY": env.get("SECRET_KEY") or "made at the first start"})
    except SettingsError as error:
        yield from _faults(error)
        return
    yield _USABLE
    for check in (links, channels):
        yield from check(settings)


def database(settings: Settings) -> Iterator[Finding]:
    """Reachable, migrated, and with a clock process that writes its heartbeat."""
    try:
        with psycopg.connect(settings.database_url, connect_timeout=PATIENCE_SECONDS) as conn:
            version = conn.info.server_version // 10_000
    except psycopg.Error as error:
        yield Finding("fail", "database", f"no answer: {error}. Check DATABASE_URL.")
        return
    yield Finding("ok", "database", f"Postgres {version} answers")
    try:
        missing = migrate.pending(settings.database_url)
    except migrate.MigrationError as error:
        yield Finding("fail", "migrations", str(error))
        return
    if missing:
        text = f"{len(missing)} missing, first {missing[0]}. Run `reknock db upgrade`."
        yield Finding("fail", "migrations", text)
    else:
        yield Finding("ok", "migrations", "up to date")
        yield from clock_process(settings)


def bouncer(settings: Settings) -> Iterator[Finding]:
    """A bouncer that lends a server for a transaction only needs a setting of its own."""
    try:
        found = pooling.look(settings.database_url)
    except psycopg.Error:
        return  # said above
    if found.lends and not settings.database_pooled:
        text = "lends servers for a transaction only. Set REKNOCK_DATABASE_POOLED=1."
        yield Finding("fail", "bouncer", text)
    elif settings.database_pooled and found.to_set:
        text = f"a session does not get what we need. Run once: {' '.join(found.to_set)}"
        yield Finding("warn", "bouncer", text)
    elif settings.database_pooled:
        yield Finding(
            "ok", "bouncer", "nothing is prepared by name, and the database sets the rest"
        )


def clock_process(settings: Settings) -> Iterator[Finding]:
    """The clock process wakes what is due; without it nothing escalates."""
    with psycopg.connect(settings.database_url, connect_timeout=PATIENCE_SECONDS) as conn:
        last = turns.last_beat(conn, "clock")
    if last is None:
        yield Finding("fail", "clock", "has never run here. Run `reknock clock`.")
    elif (silent := clock.machine_now() - last) > CLOCK_SILENT:
        text = f"silent for {silent.total_seconds():.0f} s. Run `reknock clock`."
        yield Finding("fail", "clock", text)
    else:
        yield Finding("ok", "clock", "running")


def broker(settings: Settings) -> Iterator[Finding]:
    """Reachable. Without it escalation goes on, but later, and the workers idle."""
    if not settings.broker_url:
        yield Finding("fail", "broker", "none is set. Set REDIS_URL or BROKER_URL.")
        return
    try:
        with Broker(settings.broker_url, connect_timeout=PATIENCE_SECONDS) as link:
            link.ensure_connection(max_retries=1, timeout=PATIENCE_SECONDS)
    except Exception as error:  # noqa: BLE001 - each transport of kombu raises its own kind
        yield Finding("fail", "broker", f"no answer: {error}. Check BROKER_URL and REDIS_URL.")
    else:
        yield Finding("ok", "broker", f"{link.transport_cls} answers")


def eviction(settings: Settings) -> Iterator[Finding]:
    """A Redis that makes room by forgetting would forget task messages."""
    if not settings.redis_url:
        yield Finding("fail", "redis", "REDIS_URL is not set; live updates need it.")
        return
    try:
        with redis.Redis.from_url(
            settings.redis_url, socket_connect_timeout=PATIENCE_SECONDS
        ) as client:
            policy = client.config_get("maxmemory-policy").get("maxmemory-policy", "unknown")
    except redis.ResponseError:
        policy = "unknown"
    except redis.RedisError as error:
        yield Finding("fail", "redis", f"no answer: {error}. Check REDIS_URL.")
        return
    if policy == "noeviction":
        yield Finding("ok", "redis", "answers, and refuses rather than forgets (noeviction)")
    else:
        text = f"maxmemory-policy is {policy}. Set it to noeviction: a broker must not forget."
        yield Finding("warn", "redis", text)


def secret(settings: Settings) -> Iterator[Finding]:
    """The key behind every link and session."""
    own = settings.home / "secret_key"
    if not settings.demo and own.exists() and own.read_text().strip() == settings.secret_key:
        text = f"made at the first start, kept in {settings.home}; set it on several machines"
        yield Finding("warn", "SECRET_KEY", text)
    elif len(settings.secret_key) < 32:
        yield Finding("warn", "SECRET_KEY", "shorter than 32 characters; make a longer one")
    else:
        yield Finding("ok", "SECRET_KEY", "set")


def couriers(_settings: Settings) -> Iterator[Finding]:
    """Every account can be used: its secrets open with this SECRET_KEY, its mapping is whole."""
    try:
        unusable = accounts.unusable()
    except psycopg.Error:
        return  # said above
    for slug, why in unusable.items():
        text = f"{slug} is told to come again: {why}. Mend it, or run `reknock courier add` again."
        yield Finding("fail", "couriers", text)
    if not unusable:
        yield Finding("ok", "couriers", "every account can be used")


def links(settings: Settings) -> Iterator[Finding]:
    """Customers and couriers must be able to follow our links."""
    if not settings.demo and urlsplit(settings.public_url).hostname in LOCAL:
        text = f"{settings.public_url} opens on this machine only; customers get it in messages"
        yield Finding("warn", "PUBLIC_URL", text)
    else:
        yield Finding("ok", "PUBLIC_URL", settings.public_url)


def photos(settings: Settings) -> Iterator[Finding]:
    """Photos of notes can be kept and read again."""
    place = settings.files.partition("?")[0]
    try:
        files.check()
    except files.AwayError as error:
        yield Finding("fail", "photos", f"{place} cannot be used: {error}. Check REKNOCK_FILES.")
    else:
        yield Finding("ok", "photos", f"kept in {place}")


def channels(settings: Settings) -> Iterator[Finding]:
    """Every channel has a provider, and the provider knows us."""
    carrying = providers.carrying(settings)
    for channel in dict.fromkeys((*providers.NEEDED, *carrying)):
        subject = providers.NEEDED.get(channel, channel)
        if channel not in carrying:
            text = f"no provider; nobody is reached that way. Set {providers.to_set(channel)}."
            yield Finding("warn", subject, text)
        for provider in carrying.get(channel, ()):
            if (check := providers.doctor(provider)) is None:
                yield Finding("ok", subject, f"carried by the {provider.name}")
            else:
                ok, text = check(settings)
                yield Finding("ok" if ok else "fail", subject, text)


def _faults(error: SettingsError) -> Iterator[Finding]:
    for fault in str(error).splitlines():
        yield Finding("fail", "settings", fault)
