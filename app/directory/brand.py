"""How a shipper looks to its customers: on the page, in mails, in calendars. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from app.frozen import frozen


@frozen(kw_only=True)
class Brand:
    """What a shipper has said of it; empty means: as this house does."""

    name: str = ""
    """As customers know the shop, where that is not the shipper's own name."""
    colour: str = ""
    """Six digits of a colour for buttons and links, such as `0d5c4c`."""
    dark: str = ""
    """The same for dark screens; one that fits is made of `colour` where none is said."""
    logo: str = ""
    """The digest of its picture."""
    sender: str = ""
    """Whose name mails come from."""
    reply_to: str = ""
    """Where answers to mails go, where this house does not read them itself."""
    imprint: str = ""
    """Who it is and where, as the law of many countries wants it; a few lines."""
    recommend: str = ""
    """Where happy customers may recommend it; empty: nobody is invited to."""
    domain: str = ""
    """A host of the shipper's own that leads here; links in its messages begin with it."""

    @classmethod
    def read(cls, kept: Mapping[str, Any] | None) -> Brand:
        """What the table keeps; what a newer version wrote there is passed over."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: str(value) for name, value in (kept or {}).items() if name in known})

    def as_json(self) -> dict[str, str]:
        """What is said of it, as the table keeps it."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def styles(self) -> str:
        """The address of its colours; empty where it has none."""
        return f"/brand/{self.colour}-{self.dark or 'auto'}.css" if self.colour else ""

    @property
    def picture(self) -> str:
        """The address of its logo; empty without one."""
        return f"/brand/{self.logo}.png" if self.logo else ""
