"""The people of a set-up file, both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.db.connection import Connection
from app.directory import store as directory
from app.errors import Problem
from app.managing import people, people_store
from app.managing.endpoints import CHAT, Subject
from app.managing.people import Wanted
from app.managing.people_store import Person
from app.setup import chats

if TYPE_CHECKING:
    from app.setup.applying import Work


def put(work: Work, email: str, said: Mapping[str, Any]) -> None:
    """Let somebody be so; depots that are not there yet they see later."""
    wanted = _wanted(work.conn, email, said)
    known = directory.person_id(work.conn, email)
    if known is None:
        people.add(work.conn, work.who, wanted, work.now)
    elif wanted.depots is None or len(wanted.depots) == len(said["depots"]):
        people.change(work.conn, work.who, known, wanted, work.now)


def let_see(work: Work, email: str, said: Mapping[str, Any]) -> None:
    """Let somebody see the depots that were made meanwhile."""
    wanted = _wanted(work.conn, email, said)
    people.change(work.conn, work.who, id_of(work.conn, email), wanted, work.now)


def write_to(work: Work, email: str, said: Mapping[str, Any]) -> None:
    """Let somebody be written to by these chats."""
    if "chats" in said:
        person = people.find(work.conn, id_of(work.conn, email))
        chats.put(work, _subject(person), ("people", email), said["chats"])


def _subject(person: Person) -> Subject:
    return Subject("person", person.id, person.name, person.depots)


def check(work: Work, email: str, _: Mapping[str, Any]) -> None:
    """Nobody is called for cases that they do not see."""
    if unseen := people_store.called_unseeing(work.conn, id_of(work.conn, email)):
        names = " and ".join(unseen)
        why = f"They are called for {names} and would not see its cases: add it to `depots`."
        raise Problem(422, "called_unseeing", why)


def id_of(conn: Connection, email: str) -> int:
    """Somebody's id."""
    found = directory.person_id(conn, email)
    assert found is not None, email  # noqa: S101 - every name was checked before
    return found


def ids_of(conn: Connection, emails: Sequence[str]) -> list[int]:
    """Their ids, in this order."""
    return [id_of(conn, email) for email in emails]


def _wanted(conn: Connection, email: str, said: Mapping[str, Any]) -> Wanted:
    ids = {slug: number for number, slug, _ in people_store.depots(conn, None)}
    sees = said["depots"]
    return Wanted(
        name=said["name"],
        phone=said.get("phone", ""),
        email=email,
        channels=_channels(said),
        role=said["role"],
        shipper=said.get("shipper", ""),
        depots=None if sees == "all" else sorted(ids[slug] for slug in sees if slug in ids),
        language=said["language"],
    )


def _channels(said: Mapping[str, Any]) -> list[str]:
    """By what they are reached: also by chat, where they have one."""
    channels: list[str] = said["channels"]
    return [*channels, CHAT] if said.get("chats") and CHAT not in channels else channels


def export(conn: Connection) -> dict[str, Any]:
    """Everybody, as a file says it; who has no e-mail address cannot be named in one."""
    return {
        person.email: {
            "name": person.name,
            **({"phone": person.phone} if person.phone else {}),
            "channels": person.channels,
            "role": person.role,
            "depots": "all" if person.depots is None else person.sees,
            **({"shipper": person.shipper} if person.shipper else {}),
            **({"language": person.language} if person.language else {}),
            **({"chats": theirs} if (theirs := _chats(conn, person)) else {}),
        }
        for person in people_store.listed(conn, None)
        if person.email
    }


def _chats(conn: Connection, person: Person) -> list[dict[str, Any]]:
    return chats.export(conn, _subject(person), person.email or "")
