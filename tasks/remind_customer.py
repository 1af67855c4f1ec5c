"""Remind the customer of their choice, by the next channel."""

from app.customer.steps import remind_customer
from tasks.app import link

run = link("remind_customer", remind_customer)
