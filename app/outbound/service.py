"""Verbs on shippers' endpoints. In the caller's transaction; each change is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.access import vault
from app.cases.timeline.kinds import Kind
from app.channels import service as channels
from app.channels import shipper as shippers
from app.channels.providers.system import address
from app.db.connection import Connection, transaction
from app.directory.changes import By, Facts, record
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.outbound import queue_store, rules, store, texts
from app.outbound.store import Endpoint

PAUSED, ENDED = "failing", "gone"
"""Why an endpoint is told no more; `asked` where its shipper wanted it so."""
_PAUSED_SAYS = mark("It is paused: let it go on first.")


def find(conn: Connection, endpoint_id: int) -> Endpoint:
    """An endpoint, locked until the transaction ends.

    Raises:
        Problem: 404, there is none.
    """
    found = store.lock(conn, endpoint_id)
    if found is None:
        raise Problem(404, "no_such_endpoint", f"There is no endpoint {endpoint_id}.")
    return found


def add(
    conn: Connection,
    who: By,
    shipper_id: int,
    url: str,
    kinds: Sequence[str],
    now: datetime,
    *,
    plain: bool,
    secret: str = "",
) -> tuple[Endpoint, str]:
    """Tell a shipper's system of what happens from now on; its secret is not shown again.

    `plain` allows an address that begins with `http:`. Without a `secret` it is given one.

    Raises:
        Problem: 422, nothing can be posted there, or there is no such kind; 409, there are enough.
    """
    _check_kinds(kinds)
    made = _usable(url, plain=plain)
    if secret:
        made = made._replace(secret=check_secret(secret))
    if len(store.listed(conn, shipper_id)) >= rules.MOST:
        raise Problem(
            409,
            "too_many_endpoints",
            sentence("{most} are enough. Please remove one first.", most=rules.MOST),
        )
    endpoint_id = store.add(conn, shipper_id, made.url, kinds, vault.seal(made.secret), now)
    endpoint = find(conn, endpoint_id)
    _record(conn, who, endpoint, {}, _facts(endpoint), now)
    return endpoint, made.secret


def change(
    conn: Connection,
    who: By,
    endpoint: Endpoint,
    url: str,
    kinds: Sequence[str],
    now: datetime,
    *,
    plain: bool,
) -> bool:
    """Let other events be told, or elsewhere; False when that is so already.

    Raises:
        Problem: 422, nothing can be posted there, or there is no such kind.
    """
    _check_kinds(kinds)
    store.update(conn, endpoint.id, _usable(url, plain=plain).url, kinds)
    after = find(conn, endpoint.id)
    return _record(conn, who, endpoint, _facts(endpoint), _facts(after), now)


def pause(conn: Connection, who: By, endpoint: Endpoint, now: datetime) -> bool:
    """Tell an endpoint nothing for now; False when it is not told anyway."""
    if endpoint.state != "active":
        return False
    store.set_state(conn, endpoint.id, "paused", "asked", now)
    return _record(conn, who, endpoint, {"told": "yes"}, {"told": "no"}, now)


def resume(conn: Connection, who: By, endpoint: Endpoint, now: datetime) -> bool:
    """Tell an endpoint again, and all that it missed meanwhile; False when it is told already."""
    if endpoint.state == "active":
        return False
    store.set_state(conn, endpoint.id, "active", "", now)
    store.owe(conn, endpoint, endpoint.told_from, now)
    return _record(conn, who, endpoint, {"told": "no"}, {"told": "yes"}, now)


def rotate(conn: Connection, who: By, endpoint: Endpoint, now: datetime) -> str:
    """Give an endpoint a new secret; for a day the former signs as well."""
    made = _usable(endpoint.url, plain=True)
    until = now + rules.KEEPS_FORMER
    store.set_secret(conn, endpoint.id, vault.seal(made.secret), until)
    _record(conn, who, endpoint, {"secret": "the former"}, {"secret": "changed"}, now)
    return made.secret


def take_secret(conn: Connection, who: By, endpoint: Endpoint, secret: str, now: datetime) -> bool:
    """Let a secret that the shipper chose sign; for a day the former does as well. False: it does.

    Raises:
        Problem: 422, nothing can be signed with it.
    """
    sealed = store.secret(conn, endpoint.id)
    if sealed and vault.unseal(sealed) == check_secret(secret):
        return False
    store.set_secret(conn, endpoint.id, vault.seal(secret), now + rules.KEEPS_FORMER)
    return _record(conn, who, endpoint, {"secret": "the former"}, {"secret": "changed"}, now)


def check_secret(secret: str) -> str:
    """A secret that can sign, as it is.

    Raises:
        Problem: 422, it cannot.
    """
    if not address.signs(secret):
        why = f"A secret is whsec_ and then base64 of {address.SHORTEST} random bytes or more."
        fault = {"field": "secret", "code": "invalid", "detail": why}
        raise Problem(422, "invalid", why, errors=[fault])
    return secret


def remove(conn: Connection, who: By, endpoint: Endpoint, now: datetime) -> None:
    """Tell an endpoint nothing any more, and forget it."""
    store.remove(conn, endpoint.id)
    _record(conn, who, endpoint, _facts(endpoint), {}, now)


def replay(conn: Connection, endpoint: Endpoint, since: datetime, now: datetime) -> int:
    """Tell everything since then once more; how many events that are.

    Raises:
        Problem: 409, it is not told at the moment; 422, that is too long ago, or to come.
    """
    if endpoint.state != "active":
        raise Problem(409, "endpoint_paused", _PAUSED_SAYS)
    if not now - timedelta(days=rules.LOG_DAYS) <= since <= now:
        why = sentence(
            "It can be told again from {days} days back on, and not from what is to come.",
            days=rules.LOG_DAYS,
        )
        fault = {"field": "since", "code": "invalid", "detail": why}
        raise Problem(422, "invalid", why, errors=[fault])
    return store.owe(conn, endpoint, since, now)


def test(conn: Connection, endpoint: Endpoint, now: datetime) -> None:
    """Post an event that says that it is a test.

    Raises:
        Problem: 409, it is not told at the moment.
    """
    if endpoint.state != "active":
        raise Problem(409, "endpoint_paused", _PAUSED_SAYS)
    store.owe_test(conn, endpoint.id, now)


def failed(conn: Connection, endpoint_id: int, now: datetime) -> None:
    """An endpoint did not take something: after three days of that it has a rest."""
    if rules.pauses(queue_store.failing(conn, endpoint_id, now), now):
        _stop(conn, endpoint_id, "paused", PAUSED, now)


def ended(conn: Connection, endpoint_id: int, now: datetime) -> None:
    """An endpoint says that it is gone for good."""
    _stop(conn, endpoint_id, "ended", ENDED, now)


def forget_some(now: datetime) -> bool:
    """Drop a batch of what was delivered long ago; True when there may be more."""
    with transaction() as conn:
        before = now - timedelta(days=rules.LOG_DAYS)
        return queue_store.forget_old(conn, before, rules.AT_ONCE) == rules.AT_ONCE


def _stop(conn: Connection, endpoint_id: int, state: str, why: str, now: datetime) -> None:
    endpoint = store.lock(conn, endpoint_id)
    if endpoint is None or endpoint.state != "active":
        return
    store.set_state(conn, endpoint_id, state, why, now)
    shipper = store.shipper(conn, endpoint.shipper_id)
    call = f'PATCH /api/v1/webhook-endpoints/{endpoint_id} {{"state": "active"}}'
    mail = texts.stopped(shipper, endpoint.url, call, gone=why == ENDED)
    key = f"webhooks-{endpoint_id}-{now:%Y%m%d%H%M%S}"
    draft = shippers.about_no_case(shipper, "webhooks", key, mail)
    if by_mail := [route for route in draft.routes if route.channel == "email"]:
        channels.enqueue(conn, [replace(draft, routes=by_mail)], now)


def _usable(url: str, *, plain: bool) -> address.System:
    try:
        return address.make(url, plain=plain)
    except address.Unusable:
        why = sentence(
            "Give the whole address, such as {example}.",
            example="https://shop.example/hooks/reknock",
        )
        fault = {"field": "url", "code": "invalid", "detail": why}
        raise Problem(422, "endpoint_unusable", why, errors=[fault]) from None


def _check_kinds(kinds: Sequence[str]) -> None:
    known = {str(kind) for kind in Kind}
    if strange := [kind for kind in kinds if kind not in known]:
        why = f"There is no kind {strange[0]!r}. Known: {', '.join(sorted(known))}."
        fault = {"field": "kinds", "code": "invalid", "detail": why}
        raise Problem(422, "invalid", why, errors=[fault])


def _record(
    conn: Connection, who: By, endpoint: Endpoint, was: Facts, became: Facts, now: datetime
) -> bool:
    subject = (endpoint.shipper_id, endpoint.url)
    return record(conn, who, "webhook_endpoint", subject, None, was, became, now)


def _facts(endpoint: Endpoint) -> Facts:
    kinds = ", ".join(sorted(endpoint.kinds)) or "everything"
    return {"address": endpoint.url, "is told": kinds}
