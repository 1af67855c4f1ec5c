"""Mailgun's routes: mail that customers answer with."""

from app.channels.providers.base import Provider
from app.settings import Setting

PROVIDER = Provider(
    name="mailgun",
    package=__name__,
    channels=(),
    turned_on_by="MAILGUN_SIGNING_KEY",
    settings=(Setting("MAILGUN_SIGNING_KEY"),),
)
