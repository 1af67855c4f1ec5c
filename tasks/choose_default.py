"""Choose for a customer who did not."""

from app.customer.steps import choose_default
from tasks.app import link

run = link("choose_default", choose_default)
