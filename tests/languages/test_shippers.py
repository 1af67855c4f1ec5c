"""Mail to a shipper is in the language of the shipper's country, whatever it is about."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import get_type_hints

import pytest

import app
from app import clock
from app.cases.model import NOT_RECEIVED, Case, CaseKind
from app.channels.shipper import Mail
from app.customer import service as customer
from app.customer.asked import service as asked
from app.db.connection import transaction
from app.decisions.model import Decision
from app.directory.changes import TERMINAL
from app.dispatch import service as dispatch
from app.outbound import service as outbound
from app.playground.catalogue.samples import NOW, SAMPLES, URL, arguments, texts
from app.shipments import reachable
from tests.customer.test_texts import case, links_can_be_made
from tests.inline import settle
from tests.languages.test_pseudo import hard_coded
from tests.play import Play
from tests.web import rows

__all__ = ["case", "links_can_be_made"]

TEXTS = dict(texts(Mail))
HOME = "app/channels/shipper.py"
DECISIONS = [
    replace(SAMPLES[Decision], asked=asked, overdue_at=overdue)
    for asked, overdue in ((1, None), (2, None), (3, NOW))
]


def test_every_mail_to_a_shipper_is_made_where_its_language_is_chosen() -> None:
    others = [
        f"{file}:{call.lineno}"
        for file in Path(app.__path__[0]).rglob("*.py")
        if not file.as_posix().endswith(HOME)
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and _makes_a_draft(call)
    ]
    assert others == [], f"make it by {HOME}"


def _makes_a_draft(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    to = [key.value for key in call.keywords if key.arg == "audience"]
    return name == "Draft" and any(
        isinstance(one, ast.Constant) and one.value == "shipper" for one in to
    )


@pytest.mark.usefixtures("pseudo")
def test_no_mail_to_a_shipper_holds_words_of_its_own(case: Case) -> None:
    shipper = replace(case.shipper, country="XA")
    cases = told_apart(replace(case, shipper=shipper))
    for name, text in TEXTS.items():
        flags = [key for key, hint in get_type_hints(text).items() if hint is bool]
        for about, decision, *yes in product(cases, DECISIONS, *[(True, False)] * len(flags)):
            given = arguments(text, about, url=URL, shipper=shipper, decision=decision)
            said = text(**given | dict(zip(flags, yes, strict=True)))
            assert hard_coded(f"{said.subject} {said.text}") == set(), name


def told_apart(case: Case) -> list[Case]:
    """A case as it is, and in every way that these texts say otherwise."""
    called = replace(case, contact_fault="no_text_messages")
    there = replace(case, parcel=replace(case.parcel, delivered_at=NOW))
    kinds = [replace(case, kind=kind) for kind in CaseKind]
    faults = [replace(case, contact_fault=fault) for fault in ("", *reachable.WHY)]
    return [called, there, replace(case, reason=NOT_RECEIVED), *kinds, *faults]


def lost(play: Play) -> int:
    return play.courier("lost")


def without_number(play: Play) -> int:
    return play.courier(phone=None)


def back(play: Play) -> int:
    return play.courier("delivered", words="Delivered, To Original Sender")


def not_there(play: Play) -> int:
    case_id = play.courier()
    play.courier("delivered")
    missing = asked.press(case_id, "missing", "", clock.now())
    settle()
    return missing


def sent_back(play: Play) -> int:
    case_id = play.courier()
    play.acknowledge(case_id)
    play.choose(case_id, "return", confirmed=False)
    return case_id


def kept(play: Play) -> int:
    case_id = sent_back(play)
    customer.take_back(case_id, "cancel", clock.now())
    settle()
    return case_id


def money(play: Play) -> int:
    case_id = play.courier()
    play.courier("delivered")
    play.rate(case_id, 1)
    dispatch.resolve(play.task(case_id).id, "Ana", "refund_asked", "", clock.now())
    settle()
    return case_id


@pytest.mark.parametrize(
    ("country", "language", "lives", "subject", "words"),
    [
        ("DE", "de", lost, "Bitte entscheiden Sie: ORD-P1 ist", "als verloren gemeldet. Bitte"),
        ("AT", "de", without_number, "Wir erreichen den Empfänger", "(in der Bestellung steht"),
        ("PL", "pl", back, "Z powrotem u nadawcy: ORD-P1", "Klient już o tym wie. "),
        ("NL", "nl", not_there, "Als bezorgd gemeld, niet", "bezorgdienst meldt het als bezorgd"),
        ("FR", "fr", sent_back, "Renvoyé par votre client", "Votre client souhaite"),
        ("ES", "es", kept, "No se devuelve: ORD-P1", "Al final ORD-P1 no vuelve a ti."),
        ("EG", "ar", money, "طلب استرداد المبلغ", "يريد استرداد المبلغ"),
        ("US", "en", lost, "Please decide: ORD-P1 is reported lost", "lost. Please decide by"),
    ],
)
def test_a_shop_reads_its_mail_in_the_language_of_its_country(
    play: Play,
    country: str,
    language: str,
    lives: Callable[[Play], int],
    subject: str,
    words: str,
) -> None:
    with transaction() as conn:
        conn.execute("UPDATE shippers SET country = %s", [country])
    (mail,) = [
        one
        for one in play.messages(lives(play), audience="shipper")
        if one["subject"].startswith(subject)
    ]
    assert words in mail["text"]
    told = rows("SELECT DISTINCT language FROM messages WHERE audience = 'shipper'")
    assert [one["language"] for one in told] == [language]


def test_a_shop_whose_system_is_told_no_more_reads_so_in_its_language(play: Play) -> None:
    with transaction() as conn:
        conn.execute("UPDATE shippers SET country = 'DE'")
        url = "https://shop.example/hooks"
        endpoint, _ = outbound.add(
            conn, TERMINAL, play.world.shipper_id, url, [], clock.now(), plain=False
        )
        outbound.ended(conn, endpoint.id, clock.now())
    (mail,) = rows("SELECT * FROM messages JOIN message_words ON message_id = id")
    assert mail["language"] == "de"
    assert mail["subject"] == "Wir senden nichts mehr an Ihr System"
    assert f"nichts mehr an {url}. " in mail["text"]
    assert '{"state": "active"} geht es weiter' in mail["text"]
