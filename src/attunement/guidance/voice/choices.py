"""What a client can do with a low answer: equal choices, and the audience that each one means."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from attunement.guidance.voice.low import Low


class Choice(StrEnum):
    """What a client would like to do. None of them is better than another."""

    TELL = "tell"
    HELP = "help"
    SERVICE = "service"
    SELF = "self"


AUDIENCE: Mapping[Choice, str] = {
    Choice.TELL: "therapist",
    Choice.HELP: "later",
    Choice.SERVICE: "service",
    Choice.SELF: "self",
}
"""Who may see the low answers after each choice: the same four as on the form."""


def offered(
    low: Sequence[Low], *, therapist: bool = True, chosen: bool = False
) -> tuple[Choice, ...]:
    """Say which choices to offer after a check-in.

    The four choices are our own.

    Parameters
    ----------
    low
        The answers that are low for this client.
    therapist
        Whether there is a therapist who could be told.
    chosen
        Whether the client has chosen already: nobody is asked twice.

    Returns
    -------
    None where nothing is low; else all four, without telling a therapist who is not there.

    Examples
    --------
    >>> low = [Low(item="heard", value=3.0, usual=8.0, why="usual")]
    >>> [choice.value for choice in offered(low)]
    ['tell', 'help', 'service', 'self']
    """
    if not low or chosen:
        return ()
    return tuple(one for one in Choice if therapist or one not in {Choice.TELL, Choice.HELP})
