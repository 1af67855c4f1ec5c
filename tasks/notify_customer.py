"""Tell the customer what happened and what comes next."""

from app.customer.steps import notify_customer
from tasks.app import link

run = link("notify_customer", notify_customer)
