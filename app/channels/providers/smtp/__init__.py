"""Any SMTP server: e-mail."""

from app.channels.providers.base import Provider
from app.settings import Setting

PROVIDER = Provider(
    name="smtp",
    package=__name__,
    channels=("email",),
    turned_on_by="SMTP_URL",
    settings=(
        Setting("SMTP_URL", schemes=("smtp", "smtps", "smtp+starttls")),
        Setting("REKNOCK_MAIL_FROM", "Reknock <reknock@localhost>"),
        Setting("REKNOCK_MAIL_REPLY_TO"),
    ),
)
