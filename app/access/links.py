"""Link tokens: what opens one page for one person, without a sign-in.

A token is the ids it stands for and a signature under its purpose; nothing is stored. It
says who may see, never that something is still to be done: pages show the state as it is,
so a used or old link explains itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from itsdangerous import BadSignature, Signer

from app.access.secret import derive
from app.errors import Problem
from app.languages.language import mark

KEPT = timedelta(days=7)
"""How long after the end of a case its dispatcher's and shipper's links still open their pages."""


def _signer(purpose: str) -> Signer:
    return Signer(derive("links"), salt=purpose, sep=".", key_derivation="hmac")


def make(purpose: str, *ids: int) -> str:
    """The token for `ids` under `purpose`; the same ids give the same token."""
    return _signer(purpose).sign("-".join(map(str, ids))).decode()


def read(purpose: str, token: str) -> tuple[int, ...]:
    """The ids of a token.

    Raises:
        Problem: 404, this is no token of ours for this purpose.
    """
    try:
        text = _signer(purpose).unsign(token.encode()).decode()
        return tuple(int(part) for part in text.split("-"))
    except (BadSignature, UnicodeError) as error:
        raise Problem(
            404,
            "unknown_link",
            mark("This link is not known. Please open it from your message again."),
        ) from error


def check_not_ended(closed_at: datetime | None, now: datetime) -> None:
    """Let a link of the dispatcher or the shipper open its page while the matter is fresh.

    The customer's link never ends: it tells the customer about the customer.

    Raises:
        Problem: 200, the case was closed more than `KEPT` ago. Nothing personal is said.
    """
    if closed_at is not None and now > closed_at + KEPT:
        raise Problem(
            200,
            "link_ended",
            mark(
                "This matter was closed a while ago, so this link shows nothing any more. "
                "If you still need it, please look in the console."
            ),
        )


# `contact` is the shipper's page, `cover` asks somebody to take another's shift
_PATHS = {
    "task": "t",
    "calls": "t/all",
    "case": "c",
    "contact": "s",
    "cover": "o",
    "mine": "c/mine",
}
_public_url = ""


def configure(public_url: str) -> None:
    """Say once per process where this installation is found from outside."""
    global _public_url  # noqa: PLW0603 - one address per process is the point
    _public_url = public_url


def place(path: str) -> str:
    """The whole address of a page that asks for a sign-in, such as `/console`."""
    return f"{_public_url}{path}"


def url(purpose: str, *ids: int) -> str:
    """The whole address that opens the page of `purpose` for `ids`."""
    return at(f"/{_PATHS[purpose]}/{make(purpose, *ids)}")


def at(path: str, domain: str = "") -> str:
    """The whole address of a page of this installation, at a shipper's own host if it has one."""
    return f"https://{domain}{path}" if domain else f"{_public_url}{path}"
