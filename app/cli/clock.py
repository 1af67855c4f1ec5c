"""`reknock clock`: the clock process."""

from __future__ import annotations

import runpy

import click

from app.cli import environment


@click.command("clock")
def command() -> None:
    """Claim what is due and send task messages; without a broker, run it here. Any number may run.

    Example: reknock clock
    """
    environment.become()
    # By name: the app never imports the tasks.
    runpy.run_module("tasks.clock", run_name="__main__")
