"""Thank a customer for a good answer."""

from app.aftercare.service import thank
from tasks.app import link

run = link("thank", thank)
