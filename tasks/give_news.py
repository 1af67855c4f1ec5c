"""Keep the promised hour of the next news."""

from app.customer.steps import give_news
from tasks.app import link

run = link("give_news", give_news)
