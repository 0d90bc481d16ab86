"""A request that knows who acts."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from attunement.clinic.people.actor import Actor


class Request(HttpRequest):
    """What every view of the clinic is given."""

    actor: Actor
    htmx: HtmxDetails
