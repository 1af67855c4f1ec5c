"""Why a command cannot do what is asked; each text says what to do about it."""

from __future__ import annotations


class CommandError(RuntimeError):
    """Shown to the operator as it is, without a traceback."""


class ServerError(CommandError):
    """A private server cannot do what is asked."""


class NothingRunsError(CommandError):
    """There is no running copy to connect to."""
