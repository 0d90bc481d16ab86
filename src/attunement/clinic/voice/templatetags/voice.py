"""Bring the client's voice onto pages of other rooms."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from attunement.clinic.checkins.selectors.kept import code_of
from attunement.clinic.checkins.views.kiosk import DONE
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode, Membership
from attunement.clinic.voice.models import Matter
from attunement.clinic.voice.offer import offer, ways
from attunement.clinic.voice.page import about, poor_run, to_raise
from attunement.clinic.voice.seen import answered_lately
from attunement.clinic.voice.tablet import key_of

register = template.Library()


@register.inclusion_tag("voice/after.html", takes_context=True)
def voice_after(context: Context) -> dict[str, Any]:
    """Offer what follows from a check-in, on the page of thanks or of one's own answers."""
    checkin, request = context["checkin"], context["request"]
    tablet = bool(context.get("kiosk"))
    by = request.actor if context.get("own") else Actor.holder(checkin.session.episode.client)
    found = offer(checkin, by, tablet=tablet)
    shown: dict[str, Any] = {
        "offer": found,
        "csrf_token": context.get("csrf_token"),
        "therapist": context.get("therapist", ""),
        "own": context.get("own"),
        "kiosk": tablet,
        "kept_back": context.get("kept_back"),
    }
    if context.get("own"):
        shown["earlier"] = [
            one for one in to_raise(checkin.session.episode, by) if one.matter.checkin != checkin
        ]
        shown["address"] = reverse("own_choose", args=[checkin.pk])
    elif tablet:
        shown |= {
            "address": reverse("kiosk_voice"),
            "after": key_of(request.session[DONE]["token"]),
        }
    else:
        secret = request.resolver_match.kwargs["secret"]
        shown |= {"address": reverse("answer_voice", args=[secret]), "secret": secret}
        shown["code"] = code_of(checkin)
        shown["wrote"] = checkin.words.exists() or checkin.matters.filter(chosen=False).exists()
        if found and found.ways:
            shown["page_ways"] = ways(checkin.session.episode, by, checkin)
    return shown


@register.simple_tag(takes_context=True)
def voice_to_raise(context: Context) -> list[Any]:
    """Give what the client wanted to raise, for their own page."""
    actor = context["actor"]
    episodes = actor.client.episodes.filter(ended_on__isnull=True).select_related("client")
    return [one for episode in episodes for one in to_raise(episode, actor)]


@register.simple_tag(takes_context=True)
def voice_news(context: Context) -> dict[str, bool]:
    """Say whether the ways on are shown, and whether the service wrote, for their own page."""
    actor = context["actor"]
    episodes = actor.client.episodes.filter(ended_on__isnull=True).select_related("client")
    return {
        "ways": any(poor_run(one, actor) for one in episodes),
        "answered": answered_lately(actor.client, actor.person),
    }


@register.simple_tag
def voice_asked(episode: Episode) -> list[Any]:
    """Give what the client asked the therapist to know, and is still open."""
    found = Matter.objects.filter(
        episode=episode, choice__in=Matter.FOR_THERAPIST, state=Matter.State.OPEN
    )
    return [about(one) for one in found.order_by("-made_at")]


@register.simple_tag
def voice_asked_of(therapist: Membership) -> list[Episode]:
    """Give those of a caseload who asked their therapist to talk, and have not yet."""
    waiting = Matter.objects.filter(
        choice__in=Matter.FOR_THERAPIST, state=Matter.State.OPEN, talked_at__isnull=True
    )
    found = Episode.objects.filter(
        therapist=therapist, ended_on__isnull=True, pk__in=waiting.values("episode")
    )
    return list(found.select_related("client").order_by("pk"))
