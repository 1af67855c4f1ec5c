"""`reknock simulate`: what a policy does, without doing it; and journeys of random people."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click
from typing_extensions import override

from app.chain import registry
from app.chain.entries import Arm, Hasten
from app.chain.policy import STANDARD, Policy
from app.cli.errors import CommandError
from app.cli.policy import read

# How a step ends when nobody does anything about it.
_SILENCE = {
    "validate_contact": "reachable",
    "call_dispatcher": "called",
    "notify_customer": "told",
    "choose_default": "booked",
    "schedule_redelivery": "confirmed",
    "schedule_pickup": "confirmed",
    "keep_promise": "broken",
}


class _Simulate(click.Group):
    """`simulate POLICY` is short for `simulate policy POLICY`."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {*self.list_commands(ctx), *ctx.help_option_names}
        return super().parse_args(ctx, args if not args or args[0] in known else ["policy", *args])

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["policy", "journeys"]

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "journeys":
            from app.cli.journeys import command as journeys  # noqa: PLC0415 - only when it is used

            return journeys.command
        return super().get_command(ctx, cmd_name)


@click.group("simulate", cls=_Simulate)
def command() -> None:
    """Show what a policy does with a case, or let random people play against the engine.

    Example: reknock simulate standard
    """


@command.command("policy")
@click.argument("policy", type=str)
@click.option("--when", multiple=True, help="STEP=OUTCOME, e.g. validate_contact=unreachable.")
@click.option("--days", type=click.IntRange(1, 60), default=7, show_default=True)
def play_policy(policy: str, when: tuple[str, ...], days: int) -> None:
    """Show what a policy does with a case that nobody answers: what runs when.

    POLICY is a file, or `standard`. --when lets a step end otherwise.

    Example: reknock simulate standard --when call_dispatcher=acknowledged
    """
    body = STANDARD if policy == "standard" else read(_file(policy))
    outcomes = _SILENCE | dict(_pair(text) for text in when)
    for at, name, outcome in walk(Policy(0, dict(body)), outcomes, timedelta(days=days)):
        click.echo(f"{_clock(at):>9}  {name:<20} {registry.label(name)}  ({outcome})")


def walk(
    policy: Policy, outcomes: dict[str, str], until: timedelta
) -> list[tuple[timedelta, str, str]]:
    """What runs when, from the first failure on: `(after, step, outcome)`, in order.

    The case's own times are taken from the policy's durations; a ladder counts as one call.
    """
    times = {
        "opened_at": timedelta(),
        "choose_by": min(
            policy.seconds("choose_within"),
            policy.seconds("return_after") - policy.seconds("return_margin"),
        ),
        "return_by": policy.seconds("return_after"),
    }
    waiting: dict[str, timedelta] = {policy.body["start"]: timedelta()}
    ran: list[tuple[timedelta, str, str]] = []
    while waiting:
        at, name = min((due, name) for name, due in waiting.items())
        if at > until:
            break
        del waiting[name]
        outcome = outcomes.get(name, "done")
        ran.append((at, name, outcome))
        if name in {"notify_customer", "give_news"}:
            times["news_by"] = at + policy.seconds("news_every")
        if name == "give_news":
            waiting[name] = times["news_by"] - policy.seconds("news_margin")
        if name == "choose_default" and outcome == "booked":
            # The customer is told of a window the next day; the promise is due when it has passed.
            times["news_by"] = at + timedelta(days=1) + policy.seconds("promise_grace")
            _follow(policy, "choose", policy.body["default"], at, times, waiting)
        if name == "keep_promise" and outcome == "broken":
            times["news_by"] = at + policy.seconds("news_every")
            times["choose_by"] = at + timedelta(days=1)
        _follow(policy, name, outcome, at, times, waiting)
    return ran


def _follow(
    policy: Policy,
    source: str,
    outcome: str,
    at: timedelta,
    times: dict[str, timedelta],
    waiting: dict[str, timedelta],
) -> None:
    for entry in policy.follows(source, outcome):
        if isinstance(entry, Arm):
            since = times.get(entry.at, at) if entry.at else at
            waiting[entry.step] = max(at, since + entry.after)
        elif not isinstance(entry, Hasten):
            waiting.pop(entry.step, None)
        elif entry.step in waiting:
            waiting[entry.step] = min(at, waiting[entry.step])


def _clock(after: timedelta) -> str:
    days, rest = divmod(int(after.total_seconds()), 86400)
    return f"{f'{days}d ' if days else ''}{rest // 3600:02}:{rest % 3600 // 60:02}"


def _file(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise CommandError(f"There is no file {name!r}; give a policy's file, or `standard`.")
    return path


def _pair(text: str) -> tuple[str, str]:
    name, _, outcome = text.partition("=")
    found = registry.sources().get(name)
    if found is None:
        raise CommandError(
            f"--when {text!r} is not STEP=OUTCOME; steps are {', '.join(registry.step_types())}."
        )
    outcomes = [str(one) for one in found.outcomes]
    if outcome not in outcomes:
        raise CommandError(f"--when {text!r}: {name} ends in {', '.join(outcomes)}.")
    return name, outcome
