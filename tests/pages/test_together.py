"""What is read together is what each read alone gives, with the same types."""

from __future__ import annotations

from typing import Any

from app.clock import now
from app.customer import pages as customers
from app.customer import service as customer
from app.customer.asked import service as asked
from app.customer.attempts import service as attempts
from app.db.connection import connection, transaction
from app.db.together import first, together
from app.dispatch import pages as dispatchers
from app.dispatch import store as tasks
from app.shipments.corrections import service as corrections
from app.shipments.corrections.rules import Place
from tests.play import Play


def test_pages_read_together_what_they_would_read_alone(play: Play) -> None:
    case_id = play.courier()
    play.acknowledge(case_id, note="on it")
    asked.press(case_id, "write", "Where is it?", now())
    play.choose(case_id)
    attempts.answer(case_id, "", [], now(), came=False)
    help_ = {"needs_words": "Two dogs", "consent": "yes"}
    customer.help_at_door(case_id, help_, ["longer"], now())
    shipment = play.case(case_id).shipment_id
    corrections.correct(shipment, Place(directions="Ring twice"), "Ana", now())
    with transaction() as conn:
        corrections.ask(conn, shipment, {"line1": "9 Elm St", "country": "US"}, "customer", now())
    task = tasks.of_case(connection(), case_id)[-1]
    about = {"case": case_id, "task": task.id, "topic": f"task-{task.id}"}
    values: dict[str, Any] = {**about, "person": play.world.people["Ana"], "now": now()}
    for page in (customers._READS, dispatchers._PAGE):
        got = together(connection(), page, **values)
        assert got == {name: of.read(connection(), **values) for name, of in page.items()}
    assert all(got[name] for name in got if name not in {"wait", "decisions", "unsent"}), got


def test_of_a_case_that_there_is_not_nothing_is_read(play: Play) -> None:
    got = together(connection(), customers._READS, case=0, now=now())
    assert not any(got.values())
    assert first(got["case"]) is None
