"""Settings: sensible without anything set, and every wrong value refused by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app import settings
from app.channels import providers
from app.settings import SettingsError


def test_nothing_needs_to_be_set(tmp_path):
    mine = settings.load({"REKNOCK_HOME": str(tmp_path)})
    assert (mine.host, mine.port, mine.public_url) == ("127.0.0.1", 8000, "http://localhost:8000")
    assert (mine.database_url, mine.redis_url, mine.broker_url) == ("", "", "")
    assert all(provider.many_hosts for provider in providers.choose(mine).values())
    assert not mine.demo


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path):
    env = {"REKNOCK_HOME": str(tmp_path / "home")}
    first = settings.load(env).secret_key
    assert len(first) >= 32
    assert settings.load(env).secret_key == first
    assert (tmp_path / "home" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert settings.load(env | {"SECRET_KEY": "given"}).secret_key == "given"


def test_every_wrong_value_is_named_at_once(tmp_path):
    wrong = {
        "REKNOCK_HOME": str(tmp_path),
        "PORT": "70000",
        "REKNOCK_WEB_WORKERS": "²",
        "REKNOCK_DEMO": "yes please",
        "REKNOCK_LOG_FORMAT": "xml",
        "DATABASE_URL": "mysql://x",
        "TWILIO_ACCOUNT_SID": "AC1",
    }
    with pytest.raises(SettingsError) as caught:
        settings.load(wrong)
    faults = str(caught.value).splitlines()
    named = {"TWILIO_AUTH_TOKEN", "TWILIO_FROM", *wrong} - {"REKNOCK_HOME", "TWILIO_ACCOUNT_SID"}
    assert {fault.split()[0] for fault in faults} == named


def test_the_broker_is_redis_unless_said_otherwise(tmp_path):
    env = {"REKNOCK_HOME": str(tmp_path), "REDIS_URL": "unix:///run/redis.sock"}
    assert settings.load(env).broker_url == "redis+socket:///run/redis.sock"
    assert settings.load(env | {"BROKER_URL": "amqp://q"}).broker_url == "amqp://q"


def test_a_demo_carries_messages_itself_unless_a_provider_is_set(tmp_path):
    env = {"REKNOCK_HOME": str(tmp_path), "REKNOCK_DEMO": "1"}
    demo = {"sms": "playground", "email": "playground", "voice": "playground"}
    assert demo.items() <= _carried(env).items()
    assert _carried(env | {"SMTP_URL": "smtp://host"})["email"] == "smtp"


def test_an_order_says_who_carries_what_several_can(tmp_path):
    env = {"REKNOCK_HOME": str(tmp_path), "REKNOCK_DEMO": "1", "SMTP_URL": "smtp://host"}
    assert _carried(env | {"REKNOCK_PROVIDERS": "playground"})["email"] == "playground"
    assert _carried(env | {"REKNOCK_PROVIDERS": "smtp, playground"})["email"] == "smtp"
    with pytest.raises(SettingsError, match="REKNOCK_PROVIDERS must list some of twilio, vonage"):
        settings.load(env | {"REKNOCK_PROVIDERS": "smtp,pigeon"})


def _carried(env):
    return {channel: p.name for channel, p in providers.choose(settings.load(env)).items()}


def test_the_example_file_lists_exactly_what_is_read():
    root = Path(__file__).parents[1]
    source = (root / "app" / "settings.py").read_text()
    listed = set(re.findall(r"^#?([A-Z_]+)=", (root / ".env.example").read_text(), re.MULTILINE))
    declared = {s.name for found in providers.declared().values() for s in found}
    assert listed == set(re.findall(r'"([A-Z]+_?[A-Z_]*)"', source)) | declared


def test_the_example_file_gives_the_defaults_that_providers_declare():
    example = (Path(__file__).parents[1] / ".env.example").read_text()
    for setting in (s for found in providers.declared().values() for s in found):
        if setting.default:
            assert f"#{setting.name}={setting.default}\n" in example
