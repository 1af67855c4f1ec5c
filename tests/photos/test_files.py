"""Files are kept in a folder or in a bucket; a store that is away is no empty one."""

from __future__ import annotations

import pytest

from app import files
from app import settings as app_settings
from app.cli import doctor
from app.settings import SettingsError
from tests.photos.bucket import KEY_ID, bucket


def use(tmp_path, **env):
    settings = app_settings.load({"REKNOCK_HOME": str(tmp_path / "home")} | env)
    files.configure(settings)
    return settings


def in_a_bucket(tmp_path, server):
    return use(
        tmp_path,
        REKNOCK_FILES=f"s3://depot/of/reknock?endpoint=http://127.0.0.1:{server.server_port}"
        "&region=eu-central-1",
        REKNOCK_FILES_KEY_ID=KEY_ID,
        REKNOCK_FILES_SECRET="not so secret",
    )


def keeps_and_lets_go():
    files.put("photos/1/a.jpg", b"one")
    files.put("photos/1/a.jpg", b"two")
    assert files.get("photos/1/a.jpg") == b"two"
    files.drop(["photos/1/a.jpg", "photos/1/never.jpg"])
    assert files.get("photos/1/a.jpg") is None
    files.check()


def test_in_a_folder_of_our_own(tmp_path):
    settings = use(tmp_path)
    keeps_and_lets_go()
    files.put("photos/7/x.jpg", b"x")
    assert (tmp_path / "home" / "files" / "photos" / "7" / "x.jpg").read_bytes() == b"x"
    assert [(f.level, f.subject) for f in doctor.photos(settings)] == [("ok", "photos")]


def test_in_a_bucket_behind_an_endpoint(tmp_path):
    with bucket() as server:
        settings = in_a_bucket(tmp_path, server)
        keeps_and_lets_go()
        files.put("photos/7/x.jpg", b"x")
        assert server.objects == {"/depot/of/reknock/photos/7/x.jpg": b"x"}
        (found,) = doctor.photos(settings)
        assert (found.level, found.text) == ("ok", "kept in s3://depot/of/reknock")


def test_a_store_that_refuses_us_is_away_and_the_doctor_says_so(tmp_path):
    with bucket() as server:
        settings = in_a_bucket(tmp_path, server)
        server.broken = True
        for act in (
            lambda: files.put("k", b""),
            lambda: files.get("k"),
            lambda: files.drop(["k"]),
        ):
            with pytest.raises(files.AwayError):
                act()
        (found,) = doctor.photos(settings)
    assert found.level == "fail"
    assert "REKNOCK_FILES" in found.text
    assert "not so secret" not in found.text


def test_a_folder_that_cannot_be_made_is_found_by_the_doctor(tmp_path):
    (tmp_path / "taken").write_text("a file")
    settings = use(tmp_path, REKNOCK_FILES=str(tmp_path / "taken" / "photos"))
    assert [f.level for f in doctor.photos(settings)] == ["fail"]


@pytest.mark.parametrize(
    "wrong", ["gs://bucket", "https://host/files", "s3://", "s3://b?endpoint=ftp://host"]
)
def test_an_address_of_another_kind_is_refused_at_the_start(tmp_path, wrong):
    with pytest.raises(SettingsError, match="REKNOCK_FILES must be"):
        use(tmp_path, REKNOCK_FILES=wrong)
