"""After a restore, whoever was forgotten since the backup is forgotten again.

Each proof is also a file in the file store, or a line of a list that somebody keeps elsewhere. Both
name nobody: whose parcel is meant is found by making every parcel's pseudonym anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson
import structlog

from app import clock, files
from app.access import pseudonyms
from app.db.connection import Connection, connection, transaction
from app.directory.changes import ITSELF
from app.errors import Problem
from app.forgetting import finding_store, forgetting, proofs_store, store
from app.forgetting.proofs_store import Proof

log = structlog.get_logger(__name__)

_FOLDER = "erasures"


def keep(proof: Proof) -> None:
    """Put a proof in the file store, where a restored database does not reach.

    Raises:
        Problem: 503 the store is away.
    """
    try:
        files.put(f"{_FOLDER}/{proof.hash}.json", line(proof))
    except files.AwayError as error:
        log.warning("proof_not_kept", error=str(error))
        detail = "The file store can’t be reached, so nothing was forgotten. Please try again."
        raise Problem(503, "photos_away", detail, headers={"Retry-After": "10"}) from error


def line(proof: Proof) -> bytes:
    """A proof as it is listed: JSON in one line."""
    return orjson.dumps(proof, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def listed() -> Iterator[bytes]:
    """Every proof, one a line, in their order."""
    yield from map(line, proofs_store.every(connection()))


def read(text: bytes) -> Proof:
    """A proof of a line.

    Raises:
        Problem: 422 it is none.
    """
    try:
        said: dict[str, Any] = orjson.loads(text)
        return Proof(**said | {"at": datetime.fromisoformat(said["at"])})
    except (TypeError, ValueError, KeyError) as error:
        raise Problem(422, "invalid", "A line of this list is no proof.") from error


def look() -> bool:
    """See `catch_up`; for the clock, to which there is never more."""
    catch_up()
    return False


def catch_up() -> int:
    """Do again what the file store knows of and the database does not; how many those were."""
    names = {name.rpartition("/")[2].removesuffix(".json"): name for name in files.names(_FOLDER)}
    known = proofs_store.known(connection(), list(names))
    texts = (files.get(name) for digest, name in names.items() if digest not in known)
    done = again([read(text) for text in texts if text])
    if done:
        log.warning("erasures_done_again", erasures=done, why="the database was restored")
    return done


def again(proofs: Iterable[Proof]) -> int:
    """Forget once more what these proofs are of, as far as they are not known; how many."""
    every = sorted(proofs, key=lambda one: one.id)
    known = proofs_store.known(connection(), [one.hash for one in every])
    missing = [one for one in every if one.hash not in known]
    if not missing:
        return 0
    with transaction() as conn:
        parcels, contacts = _recognised(conn, missing)
        for proof in missing:
            if proof.asked == proofs_store.RETENTION:  # it is still old, and goes by itself
                proofs_store.take_turn(conn)
                proofs_store.add(conn, proof)
                continue
            ids = [
                parcel
                for name in proof.parcels
                for parcel, made in parcels.get(name, ())
                if made <= proof.at
            ]
            theirs = [contacts[name] for name in proof.contacts if name in contacts]
            found = forgetting.Found(
                proof.subject, frozenset(theirs), finding_store.by_ids(conn, ids), ()
            )
            forgetting.forget(conn, found, proof.shipper_id, ITSELF, clock.now())
            proofs_store.take_turn(conn)
            proofs_store.add(conn, proof)
    return len(missing)


def _recognised(
    conn: Connection, proofs: Iterable[Proof]
) -> tuple[Mapping[str, list[tuple[int, datetime]]], Mapping[str, str]]:
    """`{pseudonym: [(parcel, when it was made)]}`, and `{pseudonym: contact}`."""
    wanted = {name for proof in proofs for name in (*proof.parcels, *proof.contacts)}
    parcels: dict[str, list[tuple[int, datetime]]] = {}
    for parcel_id, shipper_id, number, made in store.every_parcel(conn):
        name = pseudonyms.of_parcel(shipper_id, number)
        if name in wanted:
            parcels.setdefault(name, []).append((parcel_id, made))
    known = ((pseudonyms.of_contact(one), one) for one in store.every_contact(conn))
    return parcels, {name: one for name, one in known if name in wanted}
