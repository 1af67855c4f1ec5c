"""See that a promise is kept."""

from app.customer.steps import keep_promise
from tasks.app import link

run = link("keep_promise", keep_promise)
