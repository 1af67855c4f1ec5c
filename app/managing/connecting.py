"""A courier account made, or changed, to be as the terminal or a set-up file says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.db.connection import Connection
from app.directory import accounts_store
from app.directory.changes import By
from app.intake import accounts as readers
from app.languages.sentence import sentence
from app.managing import accounts
from app.managing import accounts_store as store
from app.managing.accounts import New
from app.managing.faults import wrong_fields

_TESTS = "accept_test"
"""A setting of its own, though it stands in the config."""


def put(
    conn: Connection, who: By, wanted: New, now: datetime, *, keep: timedelta | None = None
) -> None:
    """Let an account be so: a new one is added; of one that is there, what is not given stays.

    For `keep` what it signed with is valid beside what is new; without it, not any more.

    Raises:
        Problem: 422, with what is wrong by field.
    """
    known = store.lock(conn, wanted.slug)
    if known is None:
        accounts.add(conn, who, wanted, now)
        return
    if known.courier != wanted.courier:
        why = sentence(
            "{slug} is an account of {courier}: name another one for {other}.",
            slug=known.slug,
            courier=known.courier,
            other=wanted.courier,
        )
        raise wrong_fields("account_unusable", {"courier": why})
    if wanted.config is not None:
        tests = {_TESTS: known.config[_TESTS]} if _TESTS in known.config else {}
        wanted = replace(wanted, config={**tests, **wanted.config})
    _check(conn, wanted)
    slug, config, secrets, headers = wanted.slug, wanted.config, wanted.secrets, wanted.headers
    accounts.set_owner(
        conn,
        who,
        slug,
        shipper_id=wanted.shipper_id,
        depot_id=wanted.depot_id,
        timezone=wanted.timezone,
        now=now,
    )
    if config is not None:
        accounts.set_config(conn, who, slug, config, now)
    if keep is None and (secrets or headers):
        accounts.set_credentials(conn, who, slug, secrets, headers, now)
    elif keep is not None:
        if secrets:
            accounts.rotate(conn, who, slug, secret=secrets[0], keep=keep, now=now)
        if headers:
            accounts.rotate(conn, who, slug, headers=headers, keep=keep, now=now)


def _check(conn: Connection, wanted: New) -> None:
    """What is new has to fit what stays: a mapping the secret, a secret the mapping."""
    if wanted.config is None and not wanted.secrets:
        return
    row = accounts_store.account(conn, wanted.slug)
    assert row is not None  # noqa: S101 - it is locked
    stays = readers.unsealed(row, [])
    accounts.check(
        replace(
            stays,
            secrets=tuple(wanted.secrets) or stays.secrets,
            headers=dict(wanted.headers) or stays.headers,
            config=dict(wanted.config) if wanted.config is not None else stays.config,
        )
    )
