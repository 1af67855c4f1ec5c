"""Past cases replayed: as they were by the policy of then, and otherwise by another."""

from __future__ import annotations

from app import clock
from app.chain import policy
from app.managing.dry_runs import service
from app.managing.dry_runs.service import Tried
from tests.inline import advance
from tests.pages.reading import fingerprint


def tried(play, **changes):
    patience = changes.pop("patience", 1)
    body = {**policy.STANDARD, **changes}
    return service.run(Tried(shipper_id=play.world.shipper_id, body=body, patience=patience))


def calls(result, run):
    return {(c["person"], c["channel"]): c[run] for c in result["calls"] if c[run]}


def test_by_the_policy_of_then_it_happens_as_it_did(play):
    first = play.courier(parcel="P1")
    advance(minutes=7)
    play.acknowledge(first, "Ben")
    advance(minutes=30)
    play.choose(first)
    second = play.courier(parcel="P2")
    advance(hours=30)
    play.courier("delivered", parcel="P1")
    advance(hours=5)
    before = fingerprint()
    result = tried(play)
    assert fingerprint() == before
    assert result["problems"] == []
    assert result["cases"] == 2
    assert calls(result, "before") == calls(result, "really") == calls(result, "after")
    for figure in ("customer", "first_call", "acknowledged", "silence"):
        assert result[figure]["before"] == result[figure]["really"], figure
    assert result["ends"] == []
    assert result["undone"] == [0, 0]
    assert clock.now() > play.case(second).opened_at
