"""Where files are kept: in a folder, or in a bucket of a store that speaks S3.

Knows nothing of what is in them. What a file belongs to, and for how long, stands in the database.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, S3Config

    from app.settings import Settings

_PATIENCE = timedelta(seconds=10)
"""A person waits for it."""


class AwayError(Exception):
    """The store cannot be reached, or does not let us write."""


def _nowhere() -> ObjectStore:
    raise AwayError("nobody has said where files are kept")


_store = _nowhere


def configure(settings: Settings) -> None:
    """Say once per process where files are; nothing is opened before the first is needed."""
    global _store  # noqa: PLW0603 - one store per process is the point
    _store = cache(lambda: _opened(settings))


def put(key: str, content: bytes) -> None:
    """Keep a file under a key; one that is there already is replaced.

    Raises:
        AwayError: it is not kept.
    """
    try:
        _store().put(key, content)
    except (BaseError, OSError) as error:
        raise AwayError(str(error)) from error


def get(key: str) -> bytes | None:
    """What is kept under a key; None when there is nothing.

    Raises:
        AwayError: nobody knows.
    """
    try:
        return bytes(_store().get(key).bytes())
    except FileNotFoundError:
        return None
    except (BaseError, OSError) as error:
        raise AwayError(str(error)) from error


def drop(keys: list[str]) -> None:
    """Let go of files, whether they are there or not.

    Raises:
        AwayError: some may be there still.
    """
    for key in keys:
        try:
            _store().delete(key)
        except FileNotFoundError:
            continue
        except (BaseError, OSError) as error:
            raise AwayError(str(error)) from error


def names(folder: str) -> list[str]:
    """The keys of all that is kept under this one.

    Raises:
        AwayError: nobody knows.
    """
    try:
        return [str(one["path"]) for some in _store().list(folder) for one in some]
    except (BaseError, OSError) as error:
        raise AwayError(str(error)) from error


def check() -> None:
    """Write a file, read it and let go of it.

    Raises:
        AwayError: one of these does not work.
    """
    key, content = f"doctor/{secrets.token_hex(8)}", b"written by reknock doctor"
    put(key, content)
    if get(key) != content:
        raise AwayError("what was written cannot be read again")
    drop([key])


def _opened(settings: Settings) -> ObjectStore:
    if settings.files.startswith("s3:"):
        return _bucket(settings)
    return LocalStore(settings.files, mkdir=True)


def _bucket(settings: Settings) -> ObjectStore:
    """`s3://bucket/begin?endpoint=https://…&region=…`.

    What is not said, such as the keys, is looked for where Amazon's own programs look: in AWS_…, or
    in the role of the machine.
    """
    address = urlsplit(settings.files)
    said = {name: values[0] for name, values in parse_qs(address.query).items()}
    config: S3Config = {}
    if "endpoint" in said:
        config["endpoint"] = said["endpoint"]
    if "region" in said:
        config["region"] = said["region"]
    if settings.files_key_id:
        config["access_key_id"] = settings.files_key_id
        config["secret_access_key"] = settings.files_secret
    options: ClientConfig = {
        "timeout": _PATIENCE,
        "connect_timeout": _PATIENCE,
        "allow_http": said.get("endpoint", "").startswith("http:"),
    }
    return S3Store(
        address.netloc,
        prefix=address.path.strip("/") or None,
        config=config,
        client_options=options,
        retry_config={"max_retries": 1, "retry_timeout": _PATIENCE},
    )
