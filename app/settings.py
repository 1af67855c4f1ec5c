"""The only reader of the environment.

Every name is listed, with its default, in `.env.example`. A wrong value is refused at
start, by name, with what to write instead. What a plug-in needs it declares in its own
folder; it is read here with everything else.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class SettingsError(ValueError):
    """One or more environment values cannot be used; the text names each one."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that a plug-in reads from the environment.

    With `schemes` it is an address that begins with one of them. When it is set, those in
    `needs` must be set too.
    """

    name: str
    default: str = ""
    schemes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What this process was told by its environment. Durations are seconds."""

    home: Path
    """Where private state lives: the embedded servers, the demo's clock, the secret key."""
    database_url: str
    redis_url: str
    broker_url: str
    secret_key: str
    public_url: str
    """Base of every link that leaves the house, without a trailing slash."""
    host: str
    """Where the web process listens; 0.0.0.0 for every interface."""
    port: int
    demo: bool
    """Playground on, time can be moved, messages go to the playground's phones."""
    web_workers: int
    database_pooled: bool
    """A bouncer in transaction mode stands before Postgres."""
    webhook_writer: str
    """How webhooks are written: `plain`, each in a thread, or `grouped`, most in the event loop,
    where many share a round trip and a commit."""
    keep_days: Mapping[str, int]
    """For how many days each kind of data is kept, unless its shipper says so; 0: for good."""
    api_limit: int
    """Requests that an API key may make in a minute; 0: as many as it likes."""
    metrics_token: str
    """What a request for /metrics must carry; without one only this machine may ask."""
    log_format: str
    """`json` or `console`."""
    traces_to: str
    """The OpenTelemetry collector that is told of traces; empty: there are none."""
    provider_order: tuple[str, ...]
    """Names of providers: of several that carry a channel, the one named first does it."""
    plug_ins: Mapping[str, str]
    """What the plug-ins declared, by the name in the environment."""
    openid_issuer: str
    """The company's own sign-in (OpenID Connect); empty: there is none."""
    openid_client_id: str
    openid_client_secret: str
    openid_name: str
    """What people call it."""
    lookup_allow: tuple[str, ...]
    """Private hosts and networks that shippers' look-up addresses may lead to."""
    files: str
    """Where photos are kept: a folder, or `s3://bucket/…`."""
    files_key_id: str
    files_secret: str

    @property
    def groups_webhooks(self) -> bool:
        """Whether webhooks are written in groups: a bouncer keeps no statement that it takes."""
        return self.webhook_writer == "grouped" and not self.database_pooled

    @property
    def clock_file(self) -> Path:
        """The shift of business time that all processes of a demo or a test share."""
        return self.home / "clock"


_plug_ins: list[Callable[[], Mapping[str, Sequence[Setting]]]] = []


def declared_by(source: Callable[[], Mapping[str, Sequence[Setting]]]) -> None:
    """Let `load` also read what `source` answers: settings by the name of their plug-in."""
    _plug_ins.append(source)


def load(env: Mapping[str, str] | None = None) -> Settings:
    """Read and check the environment.

    Raises:
        SettingsError: naming every variable whose value cannot be used.
    """
    read = _Reader(os.environ if env is None else env)
    home = home_of(read.env)
    port = read.whole("PORT", 8000, 1, 65535)
    redis_url = read.url("REDIS_URL", "", "redis", "rediss", "unix")
    declared = {name: found for source in _plug_ins for name, found in source().items()}
    settings = Settings(
        home=home,
        database_url=read.url("DATABASE_URL", "", "postgres", "postgresql"),
        redis_url=redis_url,
        broker_url=read.text("BROKER_URL") or _broker(redis_url),
        secret_key=read.text("SECRET_KEY") or _own_secret(home),
        public_url=read.url("PUBLIC_URL", f"http://localhost:{port}", "http", "https").rstrip("/"),
        host=read.text("REKNOCK_HOST", "127.0.0.1"),
        port=port,
        demo=read.flag("REKNOCK_DEMO"),
        web_workers=read.whole("REKNOCK_WEB_WORKERS", 2, 1, 64),
        database_pooled=read.flag("REKNOCK_DATABASE_POOLED"),
        webhook_writer=read.one_of("REKNOCK_WEBHOOK_WRITER", "grouped", "plain"),
        keep_days=read.keep_days(),
        api_limit=read.whole("REKNOCK_API_LIMIT", 3000, 0, 1_000_000),
        metrics_token=read.text("REKNOCK_METRICS_TOKEN"),
        log_format=read.one_of("REKNOCK_LOG_FORMAT", "json", "console"),
        traces_to=read.collector("OTEL_EXPORTER_OTLP_ENDPOINT"),
        provider_order=read.order("REKNOCK_PROVIDERS", tuple(declared)),
        plug_ins={
            setting.name: read.setting(setting)
            for settings in declared.values()
            for setting in settings
        },
        openid_issuer=read.url("REKNOCK_OIDC_ISSUER", "", "https", "http"),
        openid_client_id=read.text("REKNOCK_OIDC_CLIENT_ID"),
        openid_client_secret=read.text("REKNOCK_OIDC_CLIENT_SECRET"),
        openid_name=read.text("REKNOCK_OIDC_NAME", "your company account"),
        lookup_allow=read.places("REKNOCK_LOOKUP_ALLOW"),
        files=read.files("REKNOCK_FILES", home / "files"),
        files_key_id=read.text("REKNOCK_FILES_KEY_ID"),
        files_secret=read.text("REKNOCK_FILES_SECRET"),
    )
    if settings.files_key_id:
        read.need("REKNOCK_FILES_SECRET", because="REKNOCK_FILES_KEY_ID is set")
    if settings.openid_issuer:
        read.need(
            *("REKNOCK_OIDC_CLIENT_ID", "REKNOCK_OIDC_CLIENT_SECRET"),
            because="REKNOCK_OIDC_ISSUER is set",
        )
    if read.faults:
        raise SettingsError("\n".join(read.faults))
    return settings


def home_of(env: Mapping[str, str]) -> Path:
    """Where this environment keeps its private state."""
    return Path(env.get("REKNOCK_HOME", "").strip() or ".reknock").absolute()


class _Reader:
    """Reads values and collects every fault, so that all are named at once."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.faults: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.env.get(name, "").strip() or default

    def whole(self, name: str, default: int, lowest: int, highest: int) -> int:
        text = self.text(name)
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
            self.faults.append(
                f"{name} must be a whole number from {lowest} to {highest}, not {text!r}"
            )
            return default
        return int(text)

    def keep_days(self) -> dict[str, int]:
        bodies = self.whole("REKNOCK_KEEP_BODIES_DAYS", 30, 0, 3650)
        return {
            "bodies": bodies,
            "photos": self.whole("REKNOCK_KEEP_PHOTOS_DAYS", bodies, 0, 3650),
            "words": self.whole("REKNOCK_KEEP_WORDS_DAYS", 365, 0, 3650),
            "contacts": self.whole("REKNOCK_KEEP_CONTACTS_DAYS", 365, 0, 3650),
            "person": self.whole("REKNOCK_KEEP_PERSON_DAYS", 1095, 0, 3650),
        }

    def flag(self, name: str) -> bool:
        text = self.text(name).lower()
        if text not in {"", "0", "1", "true", "false"}:
            self.faults.append(f"{name} must be 1 or 0, not {text!r}")
        return text in {"1", "true"}

    def one_of(self, name: str, default: str, *others: str) -> str:
        text = self.text(name, default)
        if text not in {default, *others}:
            self.faults.append(f"{name} must be {' or '.join((default, *others))}, not {text!r}")
        return text

    def url(self, name: str, default: str, *schemes: str) -> str:
        text = self.text(name, default)
        if text and urlsplit(text).scheme not in schemes:
            wanted = " or ".join(f"{scheme}://…" for scheme in schemes)
            self.faults.append(f"{name} must be an address like {wanted}")
        return text

    def collector(self, name: str) -> str:
        """Where traces go; without the extra that sends them it must not be set."""
        text = self.url(name, "", "http", "https").rstrip("/")
        if text and find_spec("opentelemetry") is None:
            self.faults.append(
                f"{name} is set, and the extra `otel` is not installed: "
                "pip install --require-hashes -r docker/requirements-otel.txt"
            )
        return text

    def files(self, name: str, default: Path) -> str:
        """A folder, or a bucket of a store that speaks S3."""
        text = self.text(name, str(default))
        address = urlsplit(text)
        if address.scheme == "s3" and address.netloc:
            endpoint = parse_qs(address.query).get("endpoint", ["https://"])[0]
            if urlsplit(endpoint).scheme in {"http", "https"}:
                return text
        elif "://" not in text:
            return str(Path(text).absolute())
        self.faults.append(
            f"{name} must be a folder or an address like "
            "s3://bucket/photos?endpoint=https://host&region=eu-central-1"
        )
        return text

    def places(self, name: str) -> tuple[str, ...]:
        """Hosts and networks, separated by commas."""
        entries = tuple(filter(None, (entry.strip() for entry in self.text(name).split(","))))
        for entry in entries:
            if not (_is_network(entry) or _HOST.fullmatch(entry)):
                self.faults.append(
                    f"{name} must list hosts or networks like orders.internal, 10.2.0.0/16; "
                    f"{entry!r} is neither"
                )
        return entries

    def order(self, name: str, known: Sequence[str]) -> tuple[str, ...]:
        """Names out of `known`, separated by commas."""
        entries = tuple(filter(None, (entry.strip() for entry in self.text(name).split(","))))
        self.faults.extend(
            f"{name} must list some of {', '.join(known)} in order of preference, not {entry!r}"
            for entry in entries
            if entry not in known
        )
        return entries

    def setting(self, setting: Setting) -> str:
        """A value that a plug-in declared."""
        if setting.schemes:
            text = self.url(setting.name, setting.default, *setting.schemes)
        else:
            text = self.text(setting.name, setting.default)
        if self.text(setting.name):
            self.need(*setting.needs, because=f"{setting.name} is set")
        return text

    def need(self, *names: str, because: str) -> None:
        self.faults.extend(
            f"{name} must be set: {because}" for name in names if not self.text(name)
        )


_HOST = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _broker(redis_url: str) -> str:
    """Celery names a unix socket differently from redis-py."""
    return "redis+socket" + redis_url[4:] if redis_url.startswith("unix:") else redis_url


def _own_secret(home: Path) -> str:
    """The key made at the first start when SECRET_KEY is unset, kept under REKNOCK_HOME."""
    path = home / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(32))
        try:
            os.link(draft, path)  # the first of several starting processes wins
        except FileExistsError:
            return path.read_text().strip()
        finally:
            draft.unlink()
        return path.read_text().strip()
