"""Postmark's inbound stream: mail that customers answer with."""

from app.channels.providers.base import Provider
from app.settings import Setting

PROVIDER = Provider(
    name="postmark",
    package=__name__,
    channels=(),
    turned_on_by="POSTMARK_INBOUND_PASSWORD",
    settings=(Setting("POSTMARK_INBOUND_PASSWORD"),),
)
