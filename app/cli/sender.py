"""`reknock sender`: the sender process."""

from __future__ import annotations

import runpy

import click

from app.cli import environment


@click.command("sender")
def command() -> None:
    """Hand due messages to their providers, each channel in a lane of its own. Any number may run.

    Example: reknock sender
    """
    environment.become()
    # By name: the app never imports the tasks.
    runpy.run_module("tasks.sender", run_name="__main__")
