"""Hear what else the courier says of an open case."""

from app.customer.steps import hear_courier
from tasks.app import link

run = link("hear_courier", hear_courier)
