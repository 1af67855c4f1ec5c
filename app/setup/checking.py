"""What a set-up file names has to be there, in the file or already. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from app.setup.document import Document, Fault

Known = Mapping[str, Collection[str]]
"""The names that there are already, by section."""


def faults(document: Document, known: Known) -> list[Fault]:
    """What is named and is nowhere, and what contradicts itself."""
    return list(_Check(document, known).all())


class _Check:
    def __init__(self, document: Document, known: Known) -> None:
        self.document = document
        self.said = document.said
        self.names = {kind: {*known.get(kind, ()), *said} for kind, said in self.said.items()}

    def all(self) -> Iterator[Fault]:
        checks = {
            "policies": self._policy,
            "shippers": self._shipper,
            "people": self._person,
            "depots": self._depot,
            "rotas": self._rota,
            "accounts": self._account,
        }
        for section, check in checks.items():
            for name, one in self.said[section].items():
                yield from check((section, name), one)

    def _policy(self, place: tuple[str, ...], one: Mapping[str, Any]) -> Iterator[Fault]:
        if place[1] == "standard":
            yield self.document.fault(place, "`standard` is ours: give yours another name.")
        if ("values" in one) == ("file" in one):
            yield self.document.fault(place, "Give either `values` or a `file`.")

    def _shipper(self, place: tuple[str, ...], one: Mapping[str, Any]) -> Iterator[Fault]:
        if one.get("policy", "standard") != "standard":
            yield from self._missing("policies", [one["policy"]], (*place, "policy"))

    def _person(self, place: tuple[str, ...], one: Mapping[str, Any]) -> Iterator[Fault]:
        sees = one["depots"]
        if one["shipper"]:
            yield from self._missing("shippers", [one["shipper"]], (*place, "shipper"))
        if "@" not in place[1]:
            yield self.document.fault(place, "Name people by their e-mail address.")
        if isinstance(sees, list) and all(isinstance(slug, str) for slug in sees):
            yield from self._missing("depots", sees, (*place, "depots"))
        elif sees != "all":
            why = 'Write the depots whose cases they see, as ["north"], or "all".'
            yield self.document.fault((*place, "depots"), why)

    def _depot(self, place: tuple[str, ...], one: Mapping[str, Any]) -> Iterator[Fault]:
        yield from self._missing("people", [one["in_charge"]], (*place, "in_charge"))
        for number, level in enumerate(one.get("levels", ())):
            here = (*place, "levels", str(number))
            yield from self._missing("people", level["people"], (*here, "people"))
            yield from self._missing("rotas", level["rotas"], (*here, "rotas"))
            if not (level["people"] or level["rotas"] or level["everyone"]):
                yield self.document.fault(here, "Name `people`, `rotas`, or `everyone = true`.")

    def _rota(self, place: tuple[str, ...], one: Mapping[str, Any]) -> Iterator[Fault]:
        yield from self._missing("depots", [one["depot"]], (*place, "depot"))
        for number, shift in enumerate(one["shifts"]):
            here = (*place, "shifts", str(number), "people")
            yield from self._missing("people", shift["people"], here)

    def _account(self, place: tuple[str, ...], one: Mapping[str, Any]) -> Iterator[Fault]:
        yield from self._missing("shippers", [one["shipper"]], (*place, "shipper"))
        yield from self._missing("depots", [one["depot"]], (*place, "depot"))
        yield from self._missing("depots", one.get("postcodes", ()), (*place, "postcodes"))
        if "config" in one and "config_file" in one:
            yield self.document.fault(place, "Give either `config` or a `config_file`.")

    def _missing(self, kind: str, names: Iterable[str], place: tuple[str, ...]) -> Iterator[Fault]:
        for name in names:
            if name not in self.names[kind]:
                near = difflib.get_close_matches(name, self.names[kind], 1)
                quoted = name if name.replace("-", "").isalnum() else f'"{name}"'
                remedy = f"Did you mean {near[0]!r}?" if near else f"Add [{kind}.{quoted}]."
                yield self.document.fault(place, f"There is no {name!r} in {kind}. {remedy}")
