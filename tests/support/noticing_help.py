"""Answers check-ins for the tests of what is noticed."""

from attunement.clinic.checkins.models import Session
from attunement.clinic.noticing.instruments import instruments
from attunement.clinic.noticing.submit import Given, submit
from attunement.clinic.people.actor import Actor
from support import house

ALLIANCE = "session-check-in.alliance"
FORMS = {"client": "session-check-in", "therapist": "session-check-in-therapist"}


def answer(
    episode,
    *,
    number=1,
    value=8,
    rater="client",
    instrument="",
    moment="after",
    audience="therapist",
    checkin=None,
    submission="",
    by=None,
    tension=0,
    settled=None,
    **items,
):
    """Answer a check-in, each item of a scale so that their mean is ``value``."""
    if checkin is None:
        around = Session.objects.filter(episode=episode, number=number).first()
        around = around or house.session(episode, number)
        form = instrument or FORMS[rater]
        checkin = house.checkin(around, rater, moment, (form,))
    given = {}
    for form in checkin.instruments:
        asked = [item.id for item in instruments()[form].items]
        for place, item in enumerate(asked):
            given[form, item] = int(value) + (value != int(value) and place % 2)
        if "tension" in asked:
            given[form, "tension"] = tension
            given.pop((form, "settled"))
            if settled is not None or "settled" in asked:
                given[form, "settled"] = 0 if settled is None else settled
    given |= {(checkin.instruments[0], item): worth for item, worth in items.items()}
    by = by or (
        house.actor(episode.therapist)
        if checkin.rater == "therapist"
        else Actor.holder(episode.client)
    )
    return submit(
        checkin=checkin,
        answers=[
            Given(instrument=form, item=item, value=worth, audience=audience)
            for (form, item), worth in given.items()
        ],
        submission=submission or f"s{checkin.pk}",
        by=by,
    )


def course(episode, values, **more):
    """Answer one session after another."""
    return [
        answer(episode, number=number, value=value, **more)
        for number, value in enumerate(values, start=1)
    ]
