"""Any mailbox by IMAP: mail that customers answer with, where no provider posts it to us."""

from app.channels.providers.base import Provider
from app.settings import Setting

PROVIDER = Provider(
    name="imap",
    package=__name__,
    channels=(),
    turned_on_by="IMAP_URL",
    settings=(Setting("IMAP_URL", schemes=("imap", "imaps")),),
)
