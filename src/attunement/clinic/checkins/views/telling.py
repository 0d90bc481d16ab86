"""Tell people what was done, or why it was not."""

from django.contrib import messages

from attunement.clinic.people.problems import Refused
from attunement.clinic.people.request import Request


def tell(request: Request, refused: Refused) -> None:
    """Say on the next page why something was not done."""
    messages.warning(request, str(refused))
