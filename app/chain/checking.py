"""Whether a policy can be trusted: everything that is wrong with it, by its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from typing_extensions import override

from app.cases.timeline.kinds import Topic
from app.chain import entries, registry
from app.chain.entries import Arm, Entry
from app.chain.graph import Follows, hangs, loops
from app.chain.standard import DAY, HOUR, MINUTE
from app.chain.step import BY_THEMSELVES, Phase, Source, StepType

_LONGEST = int(entries.LONGEST.total_seconds())


class _Whole(fields.Integer):
    """A whole number that was written as one: policies are stored as they come."""

    @override
    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


def _seconds(least: int, most: int = _LONGEST, *, required: bool = True) -> _Whole:
    """Older policies do not have what is not `required`; the standard one's value holds there."""
    return _Whole(required=required, validate=validate.Range(min=least, max=most))


def _times(most: int) -> _Whole:
    return _Whole(required=True, validate=validate.Range(min=1, max=most))


def _clock(key: str, *, required: bool = True) -> fields.String:
    time = validate.Regexp(r"([01]\d|2[0-3]):[0-5]\d\Z", error="Must be a time such as 21:00.")
    return fields.String(required=required, data_key=key, validate=time)


class _Quiet(Schema):
    start = _clock("from")
    end = _clock("to")
    saturdays = _clock("saturdays", required=False)
    sundays = _clock("sundays", required=False)
    by_place = fields.Boolean(truthy={True}, falsy={False})
    any_hour = fields.List(fields.String(validate=validate.OneOf(list(Topic))))


class PolicySchema(Schema):
    """The shape of a policy's body, without what follows what; durations are seconds."""

    start = fields.String(required=True)
    after = fields.Dict(required=True)
    recycled_after = _seconds(24 * HOUR)
    old_after = _seconds(24 * HOUR)
    old_ends = _seconds(HOUR)
    return_after = _seconds(HOUR)
    return_margin = _seconds(0)
    choose_within = _seconds(HOUR)
    news_every = _seconds(HOUR)
    news_margin = _seconds(MINUTE)
    place_kept = _seconds(10 * MINUTE)
    few_places = _Whole(required=True, validate=validate.Range(min=0, max=1000))
    unasked_a_day = _Whole(validate=validate.Range(min=1, max=10))
    unasked_a_week = _Whole(validate=validate.Range(min=2, max=30))
    ask_again = _seconds(MINUTE)
    ask_times = _times(10)
    decision_reminders = fields.List(_seconds(MINUTE), required=True)
    decision_within = _seconds(HOUR)
    decision_ends = _seconds(DAY)
    catch_all_every = _seconds(MINUTE)
    catch_all_times = _times(10)
    catch_all_longest = _Whole(validate=validate.Range(min=MINUTE, max=7 * DAY))
    catch_all_an_hour = _Whole(validate=validate.Range(min=1, max=60))
    default = fields.String(required=True, validate=validate.OneOf(["redelivery", "pickup"]))
    promise_grace = _seconds(0, 30 * DAY)
    confirm_within = _seconds(15 * MINUTE, 2 * DAY, required=False)
    handover_retry = fields.List(
        _seconds(1, DAY), required=False, validate=validate.Length(min=1, max=20)
    )
    watch_before = _seconds(0, DAY, required=False)
    survey_again = _seconds(HOUR)
    survey_ends = _seconds(HOUR)
    low_score = _times(4)
    recover_within = _Whole(validate=validate.Range(min=15 * MINUTE, max=7 * DAY))
    survey_messages = fields.String(validate=validate.OneOf(["by_place", "with_consent", "never"]))
    quiet_hours = fields.Nested(_Quiet, required=True, allow_none=True)
    # later than the first policies, which need not say it
    staff_read_names = fields.Boolean(truthy={True}, falsy={False})
    gather_within = _seconds(0, HOUR, required=False)
    done_within = _Whole(validate=validate.Range(min=15 * MINUTE, max=7 * DAY))
    remind_before = _Whole(validate=validate.Range(min=0, max=DAY))
    answer_within = _Whole(validate=validate.Range(min=5 * MINUTE, max=7 * DAY))
    next_way_after = _Whole(validate=validate.Range(min=60, max=2 * DAY))
    unread_after = _Whole(validate=validate.Range(min=60, max=2 * DAY))
    link_kept = _Whole(validate=validate.Range(min=DAY, max=366 * DAY))
    undo_within = _Whole(validate=validate.Range(min=MINUTE, max=DAY))


def check(body: Any) -> None:
    """Refuse a policy that could leave a case hanging, or that means nothing somewhere.

    Raises:
        ValidationError: by place, such as `after.validate_contact.reachabel`, what is wrong.
    """
    if not isinstance(body, dict):
        raise ValidationError({"policy": ["Must be an object."]})
    try:
        PolicySchema().load(body)
    except ValidationError as error:
        raise ValidationError(dict(_flat(error.messages_dict))) from error
    found: dict[str, list[str]] = {}
    for place, fault in _faults(body):
        found.setdefault(place, []).append(fault)
    if found:
        raise ValidationError(found)


def _flat(messages: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, list[str]]]:
    for key, value in messages.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", list(value)


def _faults(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with the entries; what they lead to only when each is right by itself."""
    sources = registry.sources()
    follows: Follows = {}
    faults = list(_read(body["after"], sources, follows))
    if not _runs(sources.get(body["start"]), {Phase.NEW}) or body["start"] in BY_THEMSELVES:
        faults.append(("start", f"There is no step {body['start']!r} that a case can begin with."))
    if not faults:
        faults += _dead(body["start"], sources, follows)
    if not faults:
        faults += loops(sources, follows, body["news_every"])
        faults += hangs(body["start"], sources, follows)
    yield from faults


def _read(
    after: Mapping[str, Any], sources: Mapping[str, Source[Any]], follows: Follows
) -> Iterator[tuple[str, str]]:
    for name, outcomes in after.items():
        place = f"after.{name}"
        source = sources.get(name)
        if source is None:
            yield place, f"There is nothing of this name; there is {', '.join(sources)}."
        elif not isinstance(outcomes, dict):
            yield place, "Must be an object: by outcome, a list of what follows."
        else:
            for outcome, raw in outcomes.items():
                yield from _read_outcome(source, outcome, raw, sources, follows)


def _read_outcome(
    source: Source[Any],
    outcome: str,
    raw: Any,
    sources: Mapping[str, Source[Any]],
    follows: Follows,
) -> Iterator[tuple[str, str]]:
    place = f"after.{source.name}.{outcome}"
    known = {str(one): source.effect(one).said_by for one in source.outcomes}
    if outcome != "*" and outcome not in known:
        names = ", ".join(name for name, said_by in known.items() if not said_by)
        yield place, f"{source.name} has no such outcome; it has {names}."
        return
    if known.get(outcome):
        yield place, f"What follows this is said by {known[outcome]}."
        return
    if not isinstance(raw, list):
        yield place, "Must be a list of what follows."
        return
    read = []
    for number, one in enumerate(raw):
        entry, faults = entries.read(one)
        at = f"{place}.{number}"
        for fault in faults:
            key, colon, words = fault.partition(": ")
            yield (f"{at}.{key}", words) if colon else (at, fault)
        if entry is None:
            continue
        read.append(entry)
        verb = type(entry).__name__.lower()
        if (wrong := _misplaced(source, outcome, entry, sources)) is not None:
            yield f"{at}.{verb}", wrong
    follows[source.name, outcome] = read


def _misplaced(
    source: Source[Any], outcome: str, entry: Entry, sources: Mapping[str, Source[Any]]
) -> str | None:
    """Why this step cannot be named here; None when it can."""
    target = sources.get(entry.step)
    if not isinstance(target, StepType):
        steps = (one.name for one in sources.values() if isinstance(one, StepType))
        return f"There is no step {entry.step!r}; there is {', '.join(steps)}."
    if target.name in BY_THEMSELVES:
        return f"{target.name} comes by itself, when there is a reason for it."
    meant = [one for one in source.outcomes if outcome in {"*", one}]
    then = {phase for one in meant for phase in source.effect(one).phases.values()}
    if source.name == "close" and not isinstance(entry, Arm):
        return "Nothing waits any more when a case was closed."
    if not _runs(target, then):
        when = "open" if Phase.CLOSED in then else "closed"
        return f"{entry.step} can only be run while the case is {when}."
    return None


def _runs(source: Source[Any] | None, phases: set[Phase]) -> bool:
    """Whether this is a step that can be run in one of these phases, or what they lead to."""
    if not isinstance(source, StepType):
        return False
    runs = {phase for one in source.outcomes for phase in source.effect(one).phases}
    if phases == {Phase.CLOSED}:
        return Phase.CLOSED in runs
    return any(phase is not Phase.CLOSED for phase in runs)


def _dead(
    start: str, sources: Mapping[str, Source[Any]], follows: Follows
) -> Iterator[tuple[str, str]]:
    """What can never come about: entries of steps that are never armed, or against them."""
    reached = {name for name, one in sources.items() if not isinstance(one, StepType)}
    reached |= {start, *BY_THEMSELVES}
    grows = True
    while grows:
        arms = {
            entry.step
            for (name, _), follow in follows.items()
            if name in reached
            for entry in follow
            if isinstance(entry, Arm)
        }
        grows = not arms <= reached
        reached |= arms
    for (name, outcome), follow in follows.items():
        if name not in reached:
            yield f"after.{name}", "Nothing arms this step."
        for number, entry in enumerate(follow):
            if entry.step not in reached:
                verb = type(entry).__name__.lower()
                place = f"after.{name}.{outcome}.{number}.{verb}"
                yield place, f"Nothing arms {entry.step}."
