"""Figures of what was promised, booked and said afterwards; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import partial

from app.insight.board.figure import Figure
from app.insight.board.words import number_in, percent, span
from app.insight.figures_model import Figures, Spread
from app.languages import prices
from app.languages.language import Language

Costs = Mapping[int, tuple[Decimal, str]]
"""What a parcel that comes back costs each shipper, with the currency."""


def promises(figures: Figures, language: Language) -> Iterable[Figure]:
    """Hours that customers were told."""
    say, number = language.say, partial(number_in, language)
    kept, broken, to_come = (
        sum(getattr(row, state) for row in figures.promised) for state in ("kept", "broken", "open")
    )
    ended = kept + broken
    yield Figure(
        "promises",
        say("Promises kept"),
        percent(kept, ended),
        say(
            "{kept} kept, {broken} broken, {open} to come",
            kept=number(kept),
            broken=number(broken),
            open=number(to_come),
        ),
        say(
            "Every hour that a customer was told: of the next news, an answer, a confirmation, a "
            "delivery, a pickup. It was kept if what was said came true by then, and broken if "
            "not. What nobody waited for any more counts for neither."
        ),
        kept / ended if ended else None,
        "share",
        1,
        ended,
    )


def booked(figures: Figures, cases: int, language: Language) -> Iterable[Figure]:
    """What was booked again, and what became of it."""
    say, number = language.say, partial(number_in, language)
    choices = figures.choices
    yield Figure(
        "rebooked",
        say("Booked again"),
        percent(choices.again, cases),
        say("{number} of {cases}", number=number(choices.again), cases=number(cases)),
        say("Cases of which a new delivery or a pickup was booked, whoever chose it."),
        choices.again / cases if cases else None,
        "share",
        1,
        cases,
    )
    kept, tries = figures.brought.get("kept", 0), sum(figures.brought.values())
    yield Figure(
        "redelivered",
        say("New tries that succeed"),
        percent(kept, tries),
        say("{number} of {cases}", number=number(kept), cases=number(tries)),
        say(
            "Of new deliveries and pickups whose time has come: those that ended with the parcel "
            "in the customer’s hands. What was changed or called off before counts for neither."
        ),
        kept / tries if tries else None,
        "share",
        1,
        tries,
    )
    booked = choices.chose + choices.defaults
    yield Figure(
        "chose",
        say("Customers who chose"),
        percent(choices.chose, booked),
        say(
            "{chose} chose, {defaults} got the default, {none} have nothing booked",
            chose=number(choices.chose),
            defaults=number(choices.defaults),
            none=number(cases - booked),
        ),
        say(
            "Among cases with something booked: those whose customer chose it. The others got what "
            "the policy or a dispatcher booked for them."
        ),
        choices.chose / booked if booked else None,
        "share",
        1,
        booked,
    )


def money(saved: dict[int, int], costs: Costs) -> dict[str, Decimal]:
    """What the returns that were avoided would have cost, by currency."""
    sums: dict[str, Decimal] = {}
    for shipper, number in saved.items():
        if shipper in costs:
            cost, currency = costs[shipper]
            sums[currency] = sums.get(currency, Decimal()) + number * cost
    return sums


def saved(figures: Figures, costs: Costs, language: Language) -> Figure:
    """Returns that were avoided, and the money that they would have cost."""
    say, number = language.say, partial(number_in, language)
    avoided, sums = figures.ends.arranged, money(figures.saved, costs)
    without = sum(n for shipper, n in figures.saved.items() if shipper not in costs)
    about = ""
    if sums:
        amounts = (
            prices.said(f"{amount:.2f} {currency}", language)
            for currency, amount in sorted(sums.items())
        )
        about = say(
            "{money} saved, by the shipper’s own cost of a return", money=", ".join(amounts)
        )
    if without and sums:
        about += ". " + say(
            "{number} more are of shippers that have not said what a return costs them.",
            number=number(without),
        )
    elif not sums:
        about = say(
            "To see the money saved, have an admin set on the shipper’s page what a return costs."
        )
    return Figure(
        "returns_avoided",
        say("Returns avoided"),
        number(avoided),
        about,
        say(
            "Parcels that failed and were delivered or collected after a new try was booked or an "
            "address was corrected. What the courier delivered by itself is not counted. The "
            "money is their number times what one return costs the shipper, by its own word."
        ),
        avoided,
        "parcels",
        1,
        figures.ends.over,
    )


def satisfied(figures: Figures, language: Language) -> Iterable[Figure]:
    """What customers said afterwards."""
    say, number = language.say, partial(number_in, language)
    rated = sum(figures.scores.values())
    happy = figures.scores[4] + figures.scores[5]
    average = sum(n * count for n, count in figures.scores.items()) / rated if rated else None
    about = say(
        "{rated} of {asked} asked have answered ({share})",
        rated=number(rated),
        asked=number(figures.asked),
        share=percent(rated, figures.asked),
    )
    if average is not None:
        about = say("{score} of 5", score=number(average)) + " · " + about
    yield Figure(
        "satisfied",
        say("Satisfied"),
        percent(happy, rated),
        about,
        say(
            "Of those who answered: who gave four or five of five. Who did not answer is not "
            "counted as satisfied, nor as anything else."
        ),
        happy / rated if rated else None,
        "share",
        1,
        rated,
    )
    back = figures.recoveries
    yield Figure(
        "unhappy",
        say("Unhappy customers"),
        number(back.tasks),
        say(
            "{taken} taken on, {resolved} resolved",
            taken=number(back.acknowledged),
            resolved=number(back.resolved),
        )
        + _median(back.spread, language),
        say("Low ratings: each calls the ladder for somebody who makes it good."),
        back.tasks,
        "tasks",
    )
    disputed = sum(figures.disputed.values())
    yield Figure(
        "disputed",
        say("Disputed attempts"),
        number(disputed),
        say(
            "{right} settled for the customer, {open} not settled",
            right=number(figures.disputed.get("accepted", 0)),
            open=number(figures.disputed.get("open", 0)),
        ),
        say("Attempts that the courier reported and of which the customer says: nobody came."),
        disputed,
        "attempts",
    )


def _median(spread: Spread, language: Language) -> str:
    if spread.median is None:
        return ""
    middle = span(spread.median, language)
    return " " + language.say("(median {length})", length=middle)


def gestures(figures: Figures, language: Language) -> Figure:
    """What was given to customers who were let down."""
    say, number, of = language.say, partial(number_in, language), figures.gestures
    about = say(
        "{waiting} wait for the shipper, {refused} were refused",
        waiting=number(of.waiting),
        refused=number(of.refused),
    )
    if of.given:
        amounts = (prices.amount(amount, currency, language) for currency, amount in of.given)
        about = say("{money} given", money=", ".join(amounts)) + "; " + about
    if of.spread.median is not None:
        length = span(of.spread.median, language)
        about += "; " + say("half within {length} of the broken promise", length=length)
    return Figure(
        "gestures",
        say("Gestures"),
        number(of.made),
        about,
        say(
            "Credits, vouchers and refunds that were made firm and told to the customer. The money "
            "is that of credits and vouchers; refunds are the shipper’s own matter."
        ),
        of.made,
        "gestures",
    )
