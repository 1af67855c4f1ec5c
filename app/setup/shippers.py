"""The shippers of a set-up file and the policies of their new cases, both ways."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.chain import policy
from app.chain.standard import STANDARD
from app.db.connection import Connection
from app.errors import Problem
from app.gestures import store as gesture_store
from app.managing import gestures, known_texts, shippers, shippers_store
from app.managing.policies import service, store, values
from app.managing.policies.values import FIELDS, Field, Form, Unreadable
from app.managing.shippers import Wanted
from app.setup import shops

if TYPE_CHECKING:
    from app.setup.applying import Work


def put(work: Work, slug: str, said: Mapping[str, Any]) -> None:
    """Let a shipper be so, and its new cases run by the policy that is named."""
    wanted = Wanted(
        name=said["name"],
        country=said["country"],
        email=said.get("email", ""),
        phone=said.get("phone", ""),
        return_cost=said.get("return_cost", ""),
    )
    known = shippers_store.lock(work.conn, slug) is not None
    first = 0 if known else policy.create(work.conn, "standard", STANDARD, work.now)
    shippers.put(work.conn, work.who, slug, wanted, first, work.now)
    for number, text in enumerate(said.get("templates", ())):
        with work.at("shippers", slug, "templates", str(number)):
            known_texts.put(work.conn, work.who, slug, text, work.now)
    if "gestures" in said:
        with work.at("shippers", slug, "gestures"):
            gestures.put(work.conn, work.who, slug, said["gestures"], work.now)
    shops.put(work, slug, said)
    name = said.get("policy")
    body = _body(work, name) if name else None
    if name and body:
        service.put(work.conn, work.who, slug, name, body, work.now)


def _body(work: Work, name: str) -> dict[str, Any] | None:
    """The whole document of a policy; None when it cannot be used, which is remembered."""
    if name == "standard":
        return STANDARD
    said = work.said["policies"][name]
    place: tuple[str, ...] = ("policies", name)
    try:
        if "file" in said:
            return service.read((work.document.folder / said["file"]).read_text())
        place = (*place, "values")
        given = {key: _text(value) for key, value in said["values"].items()}
        _refuse_unknown(given)
        return service.check(values.changed(STANDARD, given))
    except OSError as error:
        work.fault((*place, "file"), f"It cannot be read: {error.strerror}.")
    except Unreadable as error:
        for field, why in error.faults.items():
            work.fault((*place, field), why)
    except Problem as problem:
        for field, why in (problem.by_field or {"": problem.detail}).items():
            work.fault((*place, *filter(None, [field])), why)
    return None


def _refuse_unknown(given: Mapping[str, str]) -> None:
    known = {*FIELDS, *(field.name for field, _ in values.waits(STANDARD))}
    for name in given.keys() - known:
        near = difflib.get_close_matches(name, known, 1)
        meant = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(sorted(known))}."
        raise Unreadable({name: f"No policy says this. {meant}"})


def _text(value: Any) -> str:
    """A value of the file as the form of the admin pages would say it."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def export(conn: Connection) -> tuple[dict[str, Any], dict[str, Any], dict[str, str | bytes]]:
    """Shippers and policies, as a file says them, and the documents that stand beside it."""
    policies: dict[str, Any] = {}
    files: dict[str, str | bytes] = {}
    found: dict[str, Any] = {}
    of = {one.slug: one for one in store.listed(conn)}
    known = shippers_store.listed(conn)
    given = gesture_store.rules(conn, [shipper.id for shipper in known])
    for shipper in known:
        found[shipper.slug] = {
            "name": shipper.name,
            "country": shipper.country,
            **({"email": shipper.email} if shipper.email else {}),
            **({"phone": shipper.phone} if shipper.phone else {}),
            **({"return_cost": shipper.return_cost} if shipper.return_cost else {}),
            "policy": "standard",
            **({"templates": texts} if (texts := _texts(conn, shipper.slug)) else {}),
            **shops.export(conn, shipper.slug, files),
            **({"gestures": gestures.written(given[shipper.id])} if shipper.id in given else {}),
        }
        body = of[shipper.slug].body
        if body == STANDARD:
            continue
        name = found[shipper.slug]["policy"] = shipper.slug
        said = _said(body)
        if said is None:
            files[f"{name}.policy.json"] = json.dumps(body, indent=2) + "\n"
            policies[name] = {"file": f"{name}.policy.json"}
        else:
            policies[name] = {"values": said}
    return found, policies, files


def _texts(conn: Connection, slug: str) -> list[dict[str, Any]]:
    """The texts of a shipper that providers know."""
    return [
        {
            "channel": one.channel,
            "text": one.text,
            "language": one.language,
            "provider": one.provider,
            "id": one.template_id,
            **({"entity": one.entity_id} if one.entity_id else {}),
            **({"variables": one.variables} if one.variables else {}),
        }
        for one in known_texts.known(conn, slug)
    ]


def _said(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is otherwise than in the standard policy, in words; None where words don't say it."""
    written = {
        name: values.written(field, body)
        for name, field in FIELDS.items()
        if values.written(field, body) != values.written(field, STANDARD)
    }
    try:
        if values.changed(STANDARD, written) != body:
            return None
    except Unreadable:
        return None
    return {name: _value(FIELDS[name], text) for name, text in written.items()}


def _value(field: Field, text: str) -> Any:
    match field.form:
        case Form.YES:
            return text == "yes"
        case Form.NUMBER:
            return int(text)
        case Form.SPANS:
            return text.split(", ")
        case _:
            return text
