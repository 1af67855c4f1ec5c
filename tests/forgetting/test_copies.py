"""Providers that have copies are asked to forget them, again and again until they have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app import clock
from app.channels import providers
from app.db.connection import transaction
from app.directory.changes import ITSELF
from app.forgetting import copies, proof, service
from app.forgetting.service import Asked
from app.settings import Settings
from tests.channels.conftest import with_twilio
from tests.channels.vonage_edge import KEY, SECRET
from tests.forgetting import keepers
from tests.forgetting.keepers import Keeper
from tests.play import Play, play
from tests.web import rows

__all__ = ["play"]

TEXT, PICTURED, CALL = "SM" + "a" * 32, "MM" + "b" * 32, "CA" + "c" * 32
PICTURE, UUID = "ME" + "d" * 32, "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"


@pytest.fixture
def case_id(play: Play) -> int:
    """A case whose own messages went to the demo's phones."""
    return play.courier()


@pytest.fixture
def keeper(settings: Settings, case_id: int) -> Iterator[Keeper]:
    """Twilio and Vonage both carry messages here, and both have kept some."""
    with keepers.opened() as keeper:
        keeper.texts = {TEXT: "Hello Kim", PICTURED: "Look, Kim", UUID: "Dear Kim"}
        keeper.media, keeper.calls = {PICTURED: [PICTURE]}, {CALL}
        more = {
            "VONAGE_API_KEY": KEY,
            "VONAGE_API_SECRET": SECRET,
            "VONAGE_API_BASE": keeper.base,
            "VONAGE_FROM": "+447700900001",
            "VONAGE_SIGNATURE_SECRET": "x" * 32,
        }
        twilio = with_twilio(settings, keeper.base)
        providers.configure(replace(twilio, plug_ins={**twilio.plug_ins, **more}))
        yield keeper
    providers._chosen.clear()


def sent(case_id: int) -> None:
    """The case's messages went by these providers, under these ids."""
    kept = (
        *(("twilio", "sms", TEXT), ("twilio", "sms", PICTURED), ("twilio", "voice", CALL)),
        *(("vonage", "sms", UUID), ("smtp", "email", "<1@example.com>")),
    )
    with transaction() as conn:
        for number, (provider, channel, ref) in enumerate(kept):
            conn.execute(
                """INSERT INTO messages (case_id, audience, topic, idempotency_key, channel,
                       recipient, fallback_routes, needs_case, due_at, created_at, request_id,
                       account_id, state, provider, provider_id, language)
                   SELECT id, 'customer', 'notice', 'copy-' || %s, %s, '+17145554231', '[]',
                          'none', opened_at, opened_at, '', account_id, 'delivered', %s, %s, 'en'
                     FROM cases WHERE id = %s""",
                [number, channel, provider, ref, case_id],
            )


def states() -> dict[str, str]:
    return {row["ref"]: row["state"] for row in rows("SELECT ref, state FROM provider_erasures")}


def test_who_can_forget_is_asked_until_it_is_done(case_id: int, keeper: Keeper) -> None:
    sent(case_id)
    keeper.refuses = [500, 429]
    made = service.forget(Asked(tracking_number="P1"), ITSELF, clock.now())
    assert {name: told["cannot"] for name, told in made.elsewhere.items()}["smtp"] == 1
    said = "\n".join(proof.lines(made))
    assert "Twilio is asked to empty texts" in said
    assert "mailboxes, which nobody but their owners can reach" in said
    assert not copies.some()
    assert sorted(states().values()).count("waiting") == 2
    clock.advance(timedelta(minutes=2))
    copies.some()
    assert set(states().values()) == {"forgotten"}
    assert {TEXT, PICTURED, CALL, UUID} == set(states())
    assert (keeper.texts, keeper.calls) == ({TEXT: "", PICTURED: ""}, set())
    assert keeper.media == {PICTURED: []}
    assert rows("SELECT 1 FROM messages WHERE provider_id IS NOT NULL") == []


def test_who_never_does_is_given_up_after_days_and_said(case_id: int, keeper: Keeper) -> None:
    sent(case_id)
    service.forget(Asked(tracking_number="P1"), ITSELF, clock.now())
    keeper.refuses = [503] * 100
    for _ in range(12):
        copies.some()
        clock.advance(timedelta(days=1))
    assert set(states().values()) == {"given_up"}
    assert keeper.texts[TEXT] == "Hello Kim"
