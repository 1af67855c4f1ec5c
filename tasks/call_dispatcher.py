"""Call the ladder, level by level, until somebody acknowledges."""

from app.dispatch.steps import call_dispatcher
from tasks.app import link

run = link("call_dispatcher", call_dispatcher)
