"""All that a policy can be made of: the step types of every feature, and what else happens.

One line for each module; a new one is imported and named here, and nowhere else.
"""

from app.aftercare import steps as aftercare
from app.aftercare.given import steps as gesture_steps
from app.booking import sources as booking
from app.booking import steps as booking_steps
from app.chain import builtin, registry
from app.channels import sources as channels
from app.contact import steps as contact
from app.customer import sources as customer_acts
from app.customer import steps as customer
from app.customer.address import steps as customer_address
from app.customer.asked import steps as asked
from app.customer.bookings import steps as customer_bookings
from app.customer.returns import steps as customer_returns
from app.customer.shipper import steps as customer_shipper
from app.customer.wanted import steps as customer_wanted
from app.decisions import sources as decisions
from app.dispatch import sources as dispatch_acts
from app.dispatch import steps as dispatch
from app.dispatch.contact import steps as dispatch_contact
from app.dispatch.days import steps as day_lists
from app.dispatch.old_news import steps as old_news
from app.dispatch.snoozed import steps as snoozed
from app.dispatch.taken import steps as taken
from app.gestures import sources as gestures
from app.handover import steps as handover
from app.promises import sources as promises
from app.questions import sources as questions
from app.shipments import sources as shipments

for module in (
    shipments,
    contact,
    dispatch,
    dispatch_acts,
    dispatch_contact,
    old_news,
    taken,
    snoozed,
    day_lists,
    channels,
    booking,
    booking_steps,
    decisions,
    handover,
    customer_bookings,
    customer,
    customer_acts,
    customer_address,
    customer_returns,
    customer_shipper,
    customer_wanted,
    promises,
    questions,
    asked,
    aftercare,
    gestures,
    gesture_steps,
    builtin,
):
    registry.register(*module.DECLARED)
