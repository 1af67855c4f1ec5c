"""Onfleet, played: tasks, clones of them, and the search by metadata."""

from __future__ import annotations

import base64
import time
from dataclasses import replace
from typing import Any, ClassVar

from app.booking.rows import BookingKind
from app.handover.connectors.base import Choice, Refused
from tests.handover.edge import Asked, Play

FAILED_TASK = "uO2vKr07h6zg7Fzf~2NC3KLg"

OPTIONS = {"includeMetadata", "includeBarcodes", "includeDependencies", "overrides"}


def error(kind: str, code: int, cause: str) -> dict[str, Any]:
    """An error as Onfleet writes it."""
    said = {"error": code, "message": "The request failed.", "cause": cause, "request": "r-1"}
    return {"code": kind, "message": said}


GONE = 404, error("ResourceNotFound", 1402, "There is no such task.")


class Played(Play):
    """One organisation, in which the first task has failed."""

    values: ClassVar = {"api_key": "an-api-key-of-onfleet"}
    refusal = Refused("1009", "completeBefore is outside of the hours of all drivers")
    renews = False
    nothing = b"[]"

    def __init__(self) -> None:
        super().__init__()
        self.started: set[str] = set()
        """Tasks whose driver is under way."""

    def choice(self) -> Choice:
        choice = super().choice()
        assert choice.kind is BookingKind.REDELIVERY
        return replace(choice, parcel=replace(choice.parcel, courier_ref=FAILED_TASK))

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """What Onfleet answers."""
        user = base64.b64encode(b"an-api-key-of-onfleet:").decode()
        if asked.headers["Authorization"] != f"Basic {user}":
            return 401, error("InvalidCredentials", 1102, "The API key provided is invalid.")
        assert asked.path.startswith("/api/v2/tasks")
        path = asked.path.removeprefix("/api/v2/tasks").removeprefix("/")
        if asked.method == "POST":
            return self.posted(path, asked.json)
        return self.of_task(asked.method, path)

    def posted(self, path: str, body: Any) -> tuple[int, Any]:
        """A search, a new task, or a clone."""
        if path == "metadata":
            return 200, self.found(body)
        if path == "":
            assert body["destination"]["address"]["unparsed"]
            assert body["recipients"][0]["phone"].startswith("+")
            return self.made(body, None)
        task, _, act = path.partition("/")
        assert act == "clone"
        assert set(body["options"]) <= OPTIONS
        return self.made(body["options"]["overrides"], task) if task == FAILED_TASK else GONE

    def of_task(self, method: str, task: str) -> tuple[int, Any]:
        """One task, read or deleted."""
        there = [key for key, known in self.placed.items() if known == task]
        if not there:
            return GONE
        if method == "GET":
            return 200, {"id": task, "state": 2 if task in self.started else 0}
        assert method == "DELETE"
        if task in self.started:
            return 400, error("InvalidContent", 1000, "The task is active.")
        del self.placed[there[0]]
        return 200, 1

    def made(self, wish: dict[str, Any], source: str | None) -> tuple[int, Any]:
        """A task, if its hours are to come."""
        assert time.time() * 1000 - 10**12 < wish["completeAfter"] < wish["completeBefore"]
        if self.refusing:
            return 400, error("InvalidContent", 1009, self.refusal.words)
        (ours,) = [row for row in wish["metadata"] if row["name"] == "reknock"]
        assert all(row["type"] == "string" for row in wish["metadata"])
        task = f"clone~{self.pushes + 1}"
        self.place(ours["value"], task)
        return 200, {"id": task, "sourceTaskId": source, "state": 0, "metadata": wish["metadata"]}

    def found(self, query: list[dict[str, Any]]) -> list[Any]:
        """The tasks with this metadata."""
        (row,) = query
        task = self.placed.get(row["value"])
        return [{"id": task, "metadata": query}] if task else []

    def places(self, asked: Asked) -> bool:
        """A clone or a new task."""
        return asked.method == "POST" and not asked.path.endswith("/metadata")
