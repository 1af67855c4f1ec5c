"""Two depots and two shippers, each with a failed delivery; and callers of every role and scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from app import clock
from app.access import keys
from app.cases import service as cases
from app.cases.search import service as search
from app.cases.timeline.kinds import Visibility
from app.chain import policy
from app.db.connection import connection, transaction
from app.directory import roles_store, store
from app.directory import service as directory
from app.directory.changes import ITSELF
from app.directory.rotas import service as rotas
from app.directory.rotas import standing_in
from app.directory.rotas.edit_store import Settings
from app.directory.rotas.model import Handover
from app.dispatch import conversation
from app.gestures import service as gestures
from app.intake import accounts
from app.intake import service as intake
from app.intake.event import Incoming
from app.managing.dry_runs import asked as dry_runs
from app.managing.dry_runs.service import Tried
from app.outbound import service as outbound
from app.photos import pictures
from tests import courier
from tests.inline import settle
from tests.photos import shots
from tests.play import Play

FAR = "Frida Faraway"
"""The customer of the other depot and the other shipper: whoever reads the name saw too much."""
DAY = "2036-05-07"
TURNS = Handover(date(2036, 5, 5), time(9), 7)


@dataclass(frozen=True)
class Caller:
    """A key, whose things it opens, and what role it has."""

    name: str
    role: str
    key: str
    sees: frozenset[str]


@dataclass(frozen=True)
class Things:
    """What addresses name, on one side."""

    case_id: int
    task_id: int
    tracking_number: str
    slug: str
    person_id: int
    rota: str
    override_id: int
    photo: str
    account: str
    shipper: str
    dry_run: int
    endpoint_id: int
    dispute: int
    gesture_id: int
    day: str = DAY

    def fill(self, rule: Any) -> str:
        """The address of a rule about these."""
        values = {part: getattr(self, part) for part in rule.arguments}
        _, path = rule.build(values, append_unknown=False)
        return str(path)


def build(play: Play) -> tuple[Things, Things]:
    """Ours and theirs."""
    ours = play.courier(parcel="OURS1")
    now = clock.now()
    with transaction() as conn:
        policy_id = policy.create(conn, "standard", policy.STANDARD, now)
        shipper_id = store.put_shipper(conn, "elm", "Elm Toys", "US", policy_id, now)
        depot_id = store.add_depot(
            conn, "fresno", "Fresno depot", "America/Los_Angeles", "US", 1, now, address="Fresno"
        )
        directory.add_account(
            conn,
            slug="fresno-couriers",
            courier="standard_webhooks",
            shipper_id=shipper_id,
            depot_id=depot_id,
            secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
            headers={},
            config={},
            timezone="America/Los_Angeles",
            now=now,
        )
    accounts.forget()
    account = accounts.get("fresno-couriers")
    raw = courier.said("failed", "THEIRS1", recipient={"name": FAR, "phone": courier.PHONE})
    headers = courier.signed(account, raw)
    theirs = intake.receive(account, Incoming(headers, {}, raw, clock.machine_now()), "r").case_id
    settle()
    assert theirs
    search.catch_up()
    people = []
    with transaction() as conn:
        for name, slug in (("Olga Ours", "anaheim"), ("Petra Theirs", "fresno")):
            mail = f"{slug}@example.com"
            people.append(store.add_person(conn, name, None, mail, ["email"], now) or 0)
            roles_store.let_see(conn, people[-1], slug)
    olga, petra = people
    with transaction() as conn:
        tries = (
            Tried(shipper_id=s, body=policy.STANDARD) for s in (play.world.shipper_id, shipper_id)
        )
        tried = [dry_runs.ask(conn, one, "Ana", now) for one in tries]
        told = [
            outbound.add(conn, ITSELF, s, "https://shop.example", ["closed"], now, plain=False)[
                0
            ].id
            for s in (play.world.shipper_id, shipper_id)
        ]
    mine, other = _rota(play, "anaheim"), _rota(play, "fresno")
    red, green = _photo(ours, "red"), _photo(theirs, "green")
    connection().execute("DELETE FROM setup_changes")  # what comes after is remembered
    task, far = play.task(ours).id, play.task(theirs).id
    return (
        Things(
            ours,
            task,
            "OURS1",
            "anaheim",
            olga,
            *mine,
            red,
            "easypost",
            "oak",
            *(tried[0], told[0], _dispute(ours, red), _gesture(ours)),
        ),
        Things(
            *(theirs, far, "THEIRS1", "fresno", petra, *other),
            *(green, "fresno-couriers", "elm", tried[1], told[1]),
            *(_dispute(theirs, green), _gesture(theirs)),
        ),
    )


def _dispute(case_id: int, photo: str) -> int:
    """An attempt that its customer says nothing good of, with this photo."""
    row = connection().execute(
        """WITH made AS (
           INSERT INTO disputes (case_id, event_id, attempted_at, reason, code, words, came, said,
                                 said_at, finding, state)
           SELECT id, 1, opened_at, reason, '', '', false, '', opened_at, 'open', 'open'
             FROM cases WHERE id = %s RETURNING id, said_at)
           INSERT INTO dispute_evidence (dispute_id, kind, source, at, recorded_at, content, photo,
                                         sha256, bytes)
           SELECT id, 'photo', 'customer', said_at, said_at, '{}', %s, repeat('0', 64), 1 FROM made
           RETURNING dispute_id AS id""",
        [case_id, photo],
    )
    return int((row.fetchone() or {"id": 0})["id"])


def _gesture(case_id: int) -> int:
    """A refund that the shipper is asked for."""
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        assert case is not None
        made = gestures.ask_refund(conn, case, "Ana", clock.now())
        assert made is not None
        return made.id


def _photo(case_id: int, colour: str) -> str:
    """A photo that staff and the shipper may see."""
    shot = shots.photo(60, 40, left=colour)
    conversation.note(case_id, "Here", Visibility.SHIPPER, [shot], "Ana", clock.now())
    return pictures.draw(shot).name


def _rota(play: Play, depot: str) -> tuple[str, int]:
    """A rota of this depot in which somebody stands in."""
    slug, now = f"{depot}-nights", clock.now()
    settings = Settings(FAR if depot == "fresno" else "Nights", "UTC", TURNS, "shifts")
    with transaction() as conn:
        rotas.put(conn, slug, depot, settings, [], ITSELF, now)
        ana = play.world.people["Ana"]
        until = now + timedelta(hours=1)
        return slug, standing_in.override(conn, slug, now, until, ana, None, ITSELF, now)


def callers() -> list[Caller]:
    """Everybody who may call, in every scope: of a shipper, a depot, two depots, none, and all."""
    both = frozenset({"ours", "theirs"})
    sides = {"anaheim": "ours", "fresno": "theirs", "oak": "ours", "elm": "theirs"}
    made = []
    with transaction() as conn:
        depots = {slug: store.depot_id(conn, slug) or 0 for slug in ("anaheim", "fresno")}
        scopes: dict[str, tuple[list[int] | None, frozenset[str]]] = {
            slug: ([depot_id], frozenset({sides[slug]})) for slug, depot_id in depots.items()
        }
        scopes["both"] = (list(depots.values()), both)
        scopes["none"] = ([], frozenset())
        scopes["every"] = (None, both)
        for role in ("dispatcher", "supervisor"):
            for scope, (ids, sees) in scopes.items():
                name = f"{role} of {scope}"
                key = keys.create(conn, role, name, None, None, clock.now(), None, ids)
                made.append(Caller(name, role, key, sees))
        made.append(Caller("admin", "admin", _key(conn, "admin"), both))
        for slug in ("oak", "elm"):
            key = _key(conn, "shipper", store.shipper_id(conn, slug))
            made.append(Caller(f"shipper {slug}", "shipper", key, frozenset({sides[slug]})))
    for caller in made:  # a first use is remembered
        assert keys.use(connection(), caller.key)
    # And no later one for a long time, however slow the machine is.
    connection().execute("UPDATE api_keys SET last_used_at = last_used_at + interval '1 day'")
    return made


def written(conn: Any) -> int:
    """How many rows this connection wrote lately: more than before, and something was written."""
    row = conn.execute(
        "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) AS n FROM pg_stat_xact_user_tables"
    ).fetchone()
    return int(row["n"])


def _key(conn: Any, role: str, shipper_id: int | None = None) -> str:
    return keys.create(conn, role, role, shipper_id, None, clock.now())
