"""A note brings photos: seen by whoever may read the note, and gone when nothing shows them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from app import clock, files
from app.access import links
from app.db.connection import connection, transaction
from app.forgetting import retention
from app.photos import service as photos
from app.photos import uploads
from tests import courier
from tests.inline import settle
from tests.links import page_of, token_of
from tests.pages.reading import fingerprint, text
from tests.photos import shots
from tests.web import Web, web

__all__ = ["web"]
HTML = {"Accept": "text/html"}


@pytest.fixture
def case(web: Web, request: pytest.FixtureRequest) -> int:
    """A failed delivery of its own; Ana was called."""
    parcel = f"photo{abs(hash(request.node.name)) % 10**8}"
    case_id = int(web.post(courier.said("failed", parcel)).get_json()["case_id"])
    settle()
    return case_id


def link(web: Web, case: int) -> str:
    return f"/t/{links.make('task', web.play.task(case).id, web.play.world.people['Ana'])}"


def form(*pictures: bytes, **texts: str) -> dict[str, object]:
    """A form as a browser sends it."""
    files = [("photo", (f"IMG_{number}.jpg", photo)) for number, photo in enumerate(pictures)]
    sent = requests.Request("POST", "http://x", data=texts, files=files or {"photo": ("", b"")})
    ready = sent.prepare()
    return {"data": ready.body, "content_type": ready.headers["Content-Type"]}


def problem(answer) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def note(web: Web, case: int, *pictures: bytes, by: str = "dispatcher", **texts: str):
    return web.api("POST", f"/cases/{case}/notes", by, **form(*pictures, **texts))


def names(answer):
    """Photos of the newest note."""
    return answer.get_json()["items"][-1]["facts"]["photos"]


def kept(web: Web, case: int) -> list[str]:
    """What is in the store."""
    folder = Path(web.app.config["SETTINGS"].files) / "photos" / str(case)
    return sorted(found.name for found in folder.glob("*"))


def test_a_dispatcher_photographs_the_door(web: Web, case: int):
    page = link(web, case)
    sent = form(shots.with_a_place(), text="The bell is broken", visibility="internal")
    answer = web.client.post(f"{page}/notes", **sent)
    assert answer.status_code == 303
    html = web.client.get(page).text
    assert "The bell is broken" in text(html)
    (address,) = re.findall(rf'src="({page}/photos/\w+\?small)"', html)
    small, full = web.client.get(address), web.client.get(address.removesuffix("?small"))
    assert len(small.data) < len(full.data)
    for shown in (small, full):
        assert shown.content_type == "image/jpeg"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert shown.headers["Content-Disposition"].startswith('inline; filename="photo-')
        assert "sandbox" in shown.headers["Content-Security-Policy"]
        assert shots.SECRET not in shown.data
    assert "public" not in full.headers["Cache-Control"]


def test_one_for_staff_is_for_staff(web: Web, case: int):
    whose = {
        "internal": {"dispatcher"},
        "shipper": {"dispatcher", "shipper"},
        "customer": {"dispatcher", "shipper", "customer"},
    }
    for number, (visibility, readers) in enumerate(whose.items()):
        picture = shots.photo(left=("white", "grey", "black")[number])
        (name,) = names(note(web, case, picture, text="Look", visibility=visibility))
        asked = {
            "dispatcher": [
                web.api("GET", f"/cases/{case}/photos/{name}"),
                web.client.get(f"{link(web, case)}/photos/{name}"),
            ],
            "shipper": [
                web.api("GET", f"/cases/{case}/photos/{name}", "shipper"),
                web.client.get(f"/s/{links.make('contact', case)}/photos/{name}"),
            ],
            "customer": [web.client.get(f"/c/{token_of(case)}/photos/{name}")],
        }
        for reader, answers in asked.items():
            for answer in answers:
                wanted = 200 if reader in readers else 404
                assert answer.status_code == wanted, (visibility, reader, answer.text[:300])
        on_pages = {
            "shipper": web.client.get(f"/s/{links.make('contact', case)}").text,
            "customer": web.client.get(page_of(case)).text,
        }
        for reader, html in on_pages.items():
            assert (name in html) == (reader in readers)
    assert web.api("GET", f"/cases/{case}/photos/{name}", "").status_code == 401


def test_a_photo_is_shown_with_its_own_case_only(web: Web, case: int):
    (name,) = names(note(web, case, shots.photo(), text="Here", visibility="customer"))
    other = int(web.post(courier.said("failed", f"other{case}")).get_json()["case_id"])
    settle()
    assert web.api("GET", f"/cases/{other}/photos/{name}").status_code == 404
    assert web.client.get(f"{link(web, other)}/photos/{name}").status_code == 404
    assert web.client.get(f"/c/{token_of(other)}/photos/{name}").status_code == 404
    for name in ("..", "%2e%2e%2f1", "doctor", ""):
        assert web.client.get(f"{link(web, case)}/photos/{name}").status_code == 404


def test_a_photo_needs_no_words_and_a_note_needs_one_of_them(web: Web, case: int):
    answer = note(web, case, shots.photo(kind="WEBP"), shots.photo(kind="PNG"))
    assert answer.status_code == 201
    assert len(names(answer)) == 2
    before = fingerprint()
    assert problem(note(web, case, text="")) == (422, "invalid")
    assert problem(web.api("POST", f"/cases/{case}/notes", json={})) == (422, "invalid")
    empty = form(text=" ", visibility="internal")
    assert "Please write something" in web.client.post(f"{link(web, case)}/notes", **empty).text
    assert fingerprint() == before


def test_a_note_as_json_is_what_it_was(web: Web, case: int):
    answer = web.api("POST", f"/cases/{case}/notes", json={"text": "Plain"})
    assert answer.get_json()["items"][-1]["facts"] == {
        "text": "Plain",
        "visibility": "internal",
        "photos": [],
    }


def test_what_cannot_be_taken_changes_nothing_and_keeps_the_words(web: Web, case: int):
    before = fingerprint()
    for wrong, code in (
        ([shots.heic()], "photo_format"),
        ([shots.photo(), b"%PDF-1.7"], "photo_format"),
        ([shots.bomb()], "photo_too_large"),
        ([b"\xff\xd8\xff" + b"\0" * (10 * 1024 * 1024)], "photo_too_large"),
        ([shots.photo(60, 40, right=(0, 0, n)) for n in range(5)], "too_many_photos"),
    ):
        answer = note(web, case, *wrong, text="Look")
        assert answer.get_json()["code"] == code
    sent = form(shots.heic(), text="My long words", visibility="shipper")
    page = web.client.post(f"{link(web, case)}/notes", **sent, headers=HTML)
    assert page.status_code == 415
    assert "Most Compatible" in text(page.text)
    assert "My long words" in page.text
    assert fingerprint() == before


def test_only_this_address_takes_much_and_only_from_who_may(web: Web, case: int):
    much = shots.photo(kind="BMP", width=1000, height=1000)
    for address in (link(web, case), "/console"):  # the customer's page takes proof
        assert web.client.post(address, **form(much)).status_code in {400, 401, 413, 303}
    assert web.client.post(f"/t/{'x' * 30}/notes", **form(shots.photo())).status_code == 404
    assert note(web, case, shots.photo(), by="").status_code == 401
    large = {"CONTENT_LENGTH": str(uploads.WHOLE + 1)}
    answer = web.client.post(f"{link(web, case)}/notes", **form(), environ_overrides=large)
    assert answer.status_code == 413
    assert "too large together" in text(answer.text)
    long = web.api("POST", f"/cases/{case}/notes", json={"text": "x" * 2_000_000})
    assert long.status_code == 413, long.text


def test_the_same_request_again_is_kept_once(web: Web, case: int):
    head = {"Authorization": f"Bearer {web.keys['dispatcher']}", "Idempotency-Key": "door"}
    for picture, status in ((shots.photo(), 201), (shots.photo(), 201), (shots.heic(), 415)):
        sent = form(picture, text="Door")
        address = f"/api/v1/cases/{case}/notes"
        assert web.client.post(address, **sent, headers=head).status_code == status
    items = web.api("GET", f"/cases/{case}/timeline").get_json()["items"]
    assert len([item for item in items if item["kind"] == "note"]) == 1
    sent = form(shots.photo(right="green"), text="Door")
    answer = web.client.post(address, **sent, headers=head)
    assert problem(answer) == (422, "idempotency_key_reused")


def test_while_the_store_is_away_nothing_is_kept(web: Web, case: int, monkeypatch):

    def away(*_: object) -> None:
        raise files.AwayError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(files, "put", away)
        assert problem(note(web, case, shots.photo(), text="Look")) == (503, "photos_away")
    items = web.api("GET", f"/cases/{case}/timeline").get_json()["items"]
    assert not [item for item in items if item["kind"] == "note"]
    assert note(web, case, shots.photo(), text="Look").status_code == 201


def test_photos_whose_note_never_came_are_swept(web: Web, case: int):
    (name,) = photos.put(case, [shots.photo(left="pink")])
    (shown,) = names(note(web, case, shots.photo(), text="This one stays"))
    photos.sweep()
    assert len(kept(web, case)) == 4, "it may still be on its way"
    with transaction() as conn:
        conn.execute("UPDATE photos SET begun_at = begun_at - interval '2 hours'")
    photos.sweep()
    assert kept(web, case) == [f"{shown}.jpg", f"{shown}.small.jpg"]
    with pytest.raises(Exception, match="not kept"), transaction() as conn:
        photos.keep(conn, case, [name], clock.now())


def test_photos_grow_old_with_their_case(web: Web, case: int):
    (name,) = names(note(web, case, shots.photo(left="lime"), text="Look", visibility="customer"))
    with transaction() as conn:
        conn.execute("DELETE FROM photos WHERE case_id <> %s", [case])  # open cases go first
        conn.execute("UPDATE photos SET kept_at = kept_at - interval '31 days'")
    retention.make_room({"photos": 30})
    assert kept(web, case), "its case is open"
    web.api("POST", f"/cases/{case}/close", json={"resolution": "mistake"})
    clock.advance(timedelta(hours=6))
    retention.make_room({"photos": 30})
    with transaction() as conn:
        conn.execute("UPDATE photos SET begun_at = begun_at - interval '2 hours'")
    while photos.sweep():
        pass
    assert kept(web, case) == []
    answer = web.client.get(f"/c/{token_of(case)}/photos/{name}")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "no_such_photo")
    assert connection().execute("SELECT 1 FROM photos WHERE case_id = %s", [case]).rowcount == 0


def test_a_case_has_room_for_so_many(web: Web, case: int, monkeypatch):
    monkeypatch.setattr(photos, "IN_A_CASE", 2)
    assert note(web, case, shots.photo(right="green"), shots.photo()).status_code == 201
    assert note(web, case, shots.photo()).status_code == 201, "it is there already"
    assert problem(note(web, case, shots.photo(right="white"))) == (422, "too_many_photos")
