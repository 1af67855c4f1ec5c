"""Photos come in, are shown with what belongs to them, and are swept when nothing shows them.

A photo is in the store before what shows it is committed. Before that a row says that it is coming:
if nothing becomes of it, `sweep` finds it by that row, without looking through the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from app import clock, files
from app.db.connection import Connection, connection, transaction
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.photos import pictures, store
from app.photos.pictures import Picture

log = structlog.get_logger(__name__)

AT_ONCE = 4
"""So many with one note."""
IN_A_CASE = 60
_ORPHANED = timedelta(hours=1)
_SWEPT = 20


def put(case_id: int, contents: Sequence[bytes]) -> tuple[str, ...]:
    """Draw the photos anew and put them in the store; their names, for `keep`.

    Raises:
        Problem: one cannot be taken, there are too many, or the store is away.
    """
    if not contents:
        return ()
    if len(contents) > AT_ONCE:
        raise Problem(
            422,
            "too_many_photos",
            sentence("Please send up to {number} photos at a time.", number=AT_ONCE),
        )
    drawn = [pictures.draw(content) for content in contents]
    names = tuple(dict.fromkeys(picture.name for picture in drawn))
    if len(store.kept(connection(), case_id).union(names)) > IN_A_CASE:
        detail = sentence(
            "This case has {number} photos already; there is no room for more.",
            number=IN_A_CASE,
        )
        raise Problem(422, "too_many_photos", detail)
    with transaction() as conn:
        store.begin(conn, case_id, names, clock.machine_now())
    try:
        for picture in drawn:
            _put(case_id, picture)
    except files.AwayError as error:
        log.warning("photo_not_kept", error=str(error))
        detail = mark(
            "The photos can’t be stored at the moment, so nothing was kept. Please try again."
        )
        raise Problem(503, "photos_away", detail, headers={"Retry-After": "10"}) from error
    return names


def _put(case_id: int, picture: Picture) -> None:
    files.put(_key(case_id, picture.name), picture.full)
    files.put(_key(case_id, picture.name, small=True), picture.small)


def keep(conn: Connection, case_id: int, names: Sequence[str], now: datetime) -> None:
    """What shows them is being written in this transaction.

    Raises:
        Problem: it took so long that they were swept.
    """
    if names and store.keep(conn, case_id, names, now) != len(names):
        detail = mark("The photos were not kept, and neither was the note. Please send it again.")
        raise Problem(503, "photos_away", detail, headers={"Retry-After": "1"})


def read(case_id: int, name: str, *, small: bool) -> bytes:
    """A photo that something shows to whoever asks for it, which the caller has made sure of.

    Raises:
        Problem: 404 it is no longer kept; 503 the store is away.
    """
    try:
        content = files.get(_key(case_id, name, small=small))
    except files.AwayError as error:
        log.warning("photo_not_read", error=str(error))
        detail = mark("The photo can’t be fetched at the moment. Please try again.")
        raise Problem(503, "photos_away", detail, headers={"Retry-After": "10"}) from error
    if content is None:
        raise no_such_photo()
    return content


def no_such_photo() -> Problem:
    """What is answered where there is none, or none that somebody may see."""
    return Problem(404, "no_such_photo", mark("There is no such photo, or it is no longer kept."))


def sweep() -> bool:
    """Let go of photos that nothing shows, or nothing any more; True when there may be more.

    Their rows stay locked meanwhile: the same photo, sent again, waits and is put there anew.
    """
    before = clock.machine_now() - _ORPHANED
    with transaction() as conn:
        gone = store.forget_orphans(conn, before, _SWEPT)
        files.drop([_key(*photo, small=small) for photo in gone for small in (False, True)])
    return len(gone) == _SWEPT


def forget(conn: Connection, case_ids: Sequence[int]) -> int:
    """Let go of all photos of these cases, in the store too; how many they were.

    Raises:
        Problem: 503 the store is away, so that none was forgotten.
    """
    gone = store.forget(conn, case_ids)
    try:
        files.drop([_key(*photo, small=small) for photo in gone for small in (False, True)])
    except files.AwayError as error:
        log.warning("photos_not_forgotten", error=str(error))
        detail = "The photos can’t be reached at the moment, so nothing was forgotten. Try again."
        raise Problem(503, "photos_away", detail, headers={"Retry-After": "10"}) from error
    return len(gone)


def _key(case_id: int, name: str, *, small: bool = False) -> str:
    return f"photos/{case_id}/{name}{'.small' if small else ''}.jpg"
