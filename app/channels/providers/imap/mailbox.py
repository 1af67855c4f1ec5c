"""A connection to the mailbox of `IMAP_URL`: `imaps://user:password@host:993/INBOX`.

User and password are percent-encoded; `imap` is for a server on the same machine. Nothing in the
mailbox is changed, not even what was read.
"""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

_PATIENCE = 10.0  # seconds for one answer


@contextmanager
def opened(url: str) -> Iterator[imaplib.IMAP4]:
    """Signed in, with the folder open for reading.

    Raises:
        OSError: the server cannot be reached or does not let us in.
    """
    target = urlsplit(url)
    host, kind = target.hostname or "localhost", target.scheme
    try:
        if kind == "imaps":
            box: imaplib.IMAP4 = imaplib.IMAP4_SSL(host, target.port or 993, timeout=_PATIENCE)
        else:
            box = imaplib.IMAP4(host, target.port or 143, timeout=_PATIENCE)
        try:
            box.login(unquote(target.username or ""), unquote(target.password or ""))
            box.select(_quoted(unquote(target.path.strip("/")) or "INBOX"), readonly=True)
            yield box
        finally:
            box.shutdown()
    except imaplib.IMAP4.error as error:
        raise ConnectionError("the mailbox refuses us") from error


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
