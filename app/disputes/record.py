"""The record of a disputed attempt as it is handed out, so that a later change is visible. Pure.

Each piece of evidence is chained to the one before it, the claim begins the chain, and the last
digest seals all. Whoever has a record can check it without us: the digest of each link is SHA-256
of the former digest, a line break, and the link's content as JSON with sorted keys and no gaps.
In a link stands, for what somebody said or showed, `sha256:` and the SHA-256 of `salt` and that. Of
a customer who was forgotten the record has those digests only and no `salt`, and is what it was.

Records of the first form have no `salt`, and stand in their links as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from app.cases.model import Case
from app.disputes.evidence import Kind, canonical
from app.disputes.store import Dispute, Evidence

FORM, FIRST_FORM = "reknock-dispute-2", "reknock-dispute-1"
DIGEST, FORGOTTEN = "sha256:", "forgotten"
OF_SOMETHING_ELSE = frozenset({Kind.REPORT, Kind.PHOTO})
"""Whose `sha256` is not of their content: of the message as it came, and of the picture."""
_BEGIN = ""


def make(case: Case, dispute: Dispute, evidence: Sequence[Evidence]) -> dict[str, Any]:
    """The record as plain JSON."""
    claim = {
        "tracking_number": case.parcel.tracking_number,
        "order_ref": case.parcel.order_ref,
        "shipper": case.shipper.name,
        "case_id": case.id,
        "attempted_at": dispute.attempted_at,
        "courier": {"reason": dispute.reason, "code": dispute.code, "words": dispute.words},
        "customer": {"came": dispute.came, "words": dispute.said, "at": dispute.said_at},
        "finding": dispute.finding,
        "state": dispute.state,
        "settled": {"at": dispute.settled_at, "by": dispute.settled_by, "why": dispute.why},
    }
    keyed = dispute.salt is not None or dispute.forgotten_at is not None
    record: dict[str, Any] = {
        "form": FORM if keyed else FIRST_FORM,
        **({"salt": (dispute.salt or b"").hex()} if keyed else {}),
        "claim": _plain(claim),
        "evidence": [_plain(_piece(piece)) for piece in evidence],
    }
    digests = _chain(record)
    for piece, digest in zip(record["evidence"], digests[1:], strict=True):
        piece["link"] = digest
    return record | {"seal": digests[-1]}


def faults(record: Mapping[str, Any]) -> list[str]:
    """What was changed in a record since it was handed out, in words; none: nothing was."""
    try:
        if record["form"] not in {FORM, FIRST_FORM}:
            return [f"This is no record of the form {FORM}."]
        digests, salt = _chain(record), bytes.fromhex(record.get("salt", ""))
        found = [fault for piece in record["evidence"] for fault in _contradicts(piece, salt)]
        for number, (piece, digest) in enumerate(
            zip(record["evidence"], digests[1:], strict=True), start=1
        ):
            if piece["link"] != digest:
                found.append(f"Something was changed up to piece {number} of the evidence.")
                break
        if record["seal"] != digests[-1]:
            found.append("The seal does not fit what the record says.")
    except (KeyError, TypeError, AttributeError, ValueError):
        return ["Something of the record is missing."]
    return found


def _chain(record: Mapping[str, Any]) -> list[str]:
    """The digests, the claim's first."""
    former, digests = _BEGIN, []
    for content in _links(record):
        former = hashlib.sha256(former.encode() + b"\n" + canonical(content)).hexdigest()
        digests.append(former)
    return digests


def _links(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What the digests are of: the claim, and each piece of evidence."""
    pieces = [{k: v for k, v in piece.items() if k != "link"} for piece in record["evidence"]]
    if record["form"] == FIRST_FORM:
        yield {"form": record["form"], "claim": record["claim"]}
        yield from pieces
        return
    salt, claim = bytes.fromhex(record["salt"]), dict(record["claim"])
    for whose, name in (("courier", "words"), ("customer", "words"), ("settled", "why")):
        claim[whose] = claim[whose] | {name: digest(claim[whose][name], salt)}
    yield {"form": record["form"], "claim": claim}
    for piece in pieces:
        photo = digest(piece["photo"], salt)
        yield piece | {"content": _of_content(piece["content"], salt), "photo": photo}


def digest(said: str | bytes, salt: bytes) -> str:
    """The digest of what was said under a key; without one, of what is a digest already, that."""
    if isinstance(said, str):
        if not salt and said.startswith(DIGEST):
            return said
        said = said.encode()
    return DIGEST + hashlib.sha256(salt + said).hexdigest()


def _of_content(content: Mapping[str, Any], salt: bytes) -> str:
    if not salt and FORGOTTEN in content:
        return str(content[FORGOTTEN])
    return digest(canonical(dict(content)), salt)


def _contradicts(piece: Mapping[str, Any], salt: bytes) -> list[str]:
    """Where the digest of a piece is of its content, the two must agree."""
    if piece["kind"] in OF_SOMETHING_ELSE:
        return []
    found = _of_content(piece["content"], salt).removeprefix(DIGEST)
    return [] if found == piece["sha256"] else [f"The {piece['kind']} is not what its digest says."]


def _piece(piece: Evidence) -> dict[str, Any]:
    return {
        "kind": piece.kind,
        "source": piece.source,
        "at": piece.at,
        "recorded_at": piece.recorded_at,
        "content": piece.content,
        "photo": piece.photo,
        "sha256": piece.sha256,
        "bytes": piece.bytes,
    }


def _plain(value: Any) -> Any:
    """As JSON has it: whoever reads it back gets the same."""
    return orjson.loads(orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z))
