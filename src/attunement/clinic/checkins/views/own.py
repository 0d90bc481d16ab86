"""The client's own page, and what they answered."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from attunement.clinic.audit.record import read
from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.checkins.actions.answering import (
    answer_own,
    change_audience,
    change_comment_audience,
    opened,
    prefer,
)
from attunement.clinic.checkins.actions.opening import open_to_account
from attunement.clinic.checkins.device import sending_of
from attunement.clinic.checkins.models import Audience, CheckIn, Comment
from attunement.clinic.checkins.planning import EARLY
from attunement.clinic.checkins.selectors import kept
from attunement.clinic.checkins.selectors import own as selected
from attunement.clinic.checkins.views.agreeing import agree_first
from attunement.clinic.checkins.views.answering import (
    Way,
    go,
    language,
    mistaken,
    over,
    read_form,
    show_form,
    unsent,
)
from attunement.clinic.checkins.views.telling import tell
from attunement.clinic.noticing.submit import NotDue
from attunement.clinic.people.models import Client
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.request import Request
from attunement.clinic.privacy.declined import declined

NEWEST = 20


@never_cache
@site_time
def own(request: Request) -> HttpResponse:
    """Show what is due, their line, and what they answered."""
    client = client_of(request)
    answered = list(selected.answered(client))
    shared = selected.shared(client)
    episodes = client.episodes.order_by("-started_on")
    context = {
        "client": client,
        "due": selected.due(client),
        "declined": declined(client),
        "coming": selected.coming(client),
        "courses": [
            (one, selected.own_lines(one, kept.scores_shown_in(request.actor.person)))
            for one in episodes
        ],
        "not_shown": kept.not_opened(client, request.actor.person).exists(),
        "answered": answered[:NEWEST],
        "earlier": answered[NEWEST:],
        "shared": [
            (label, count) for value, label in Audience.choices if (count := shared.get(value))
        ],
    }
    page = render(request, "checkins/own.html", context)
    read(request.actor, "own.read", client, client=client)
    return page


@never_cache
@site_time
def own_checkin(request: Request, checkin: int) -> HttpResponse:
    """Answer a check-in, or look at what was answered."""
    client = client_of(request)
    found = get_object_or_404(selected.own_checkins(client), pk=checkin)
    way = Way(
        keep=f"own-{found.pk}",
        one_page=request.actor.person.one_page if request.actor.person else False,
        account=True,
    )
    if found.state == CheckIn.State.ANSWERED and request.method != "POST":
        return answers_page(request, found)
    if first := agree_first(request, found, request.actor, way, "base.html"):
        return first
    if request.method == "POST" and found.due_at <= timezone.now() + EARLY:
        said, understood = read_form(request, found)
        if said is None:
            return mistaken(request, found, way, understood)
        try:
            submitted = answer_own(
                checkin=found, said=said, by=request.actor, sending=sending_of(request)
            )
        except NotDue:
            now = selected.own_checkins(client).filter(pk=found.pk).first()
            found.state = now.state if now else CheckIn.State.WITHDRAWN
            late = unsent(request, found, request.actor)
            return over(request, closed(found) | late, 410)
        request.session[f"thanks {found.pk}"] = "safety" if submitted.safety else "thanks"
        return go(request, request.path)
    if not selected.due(client).filter(pk=found.pk).exists():
        late = unsent(request, found, request.actor) if request.method == "POST" else {}
        return over(request, closed(found) | late, 410)
    opened(checkin=found)
    return show_form(request, found, way)


CLOSED: Mapping[str, str] = {
    CheckIn.State.WITHDRAWN: "withdrawn",
    CheckIn.State.ANSWERED: "answered",
}


def closed(checkin: CheckIn) -> dict[str, object]:
    """Say why it cannot be answered."""
    standing = CLOSED.get(checkin.state, "over")
    if checkin.state == CheckIn.State.DUE and checkin.due_at > timezone.now():
        standing = "early"
    return {
        "standing": standing,
        "opens_at": checkin.due_at,
        "site": checkin.session.episode.client.site,
    }


def answers_page(request: Request, checkin: CheckIn) -> HttpResponse:
    """Show what was answered; first with thanks to whoever has just done so."""
    client, account = checkin.session.episode.client, request.actor.person
    shown = kept.shown_in(account)
    just = request.session.pop(f"thanks {checkin.pk}", "")
    episode = checkin.session.episode
    context = {
        "frame": "base.html",
        "own": True,
        "checkin": checkin,
        "site": client.site,
        "therapist": episode.therapist.person.name if episode.therapist else "",
        "safety": just == "safety",
        "kept_back": checkin.answers.exclude(audience="therapist").count(),
        "lines": selected.own_lines(episode, kept.scores_shown_in(account)),
        "answers": selected.own_answers(checkin, language(), shown),
        "comment": checkin.comments.filter(shown).first(),
        "not_shown": kept.not_opened(client, account).filter(pk=checkin.pk).exists(),
        "audiences": Audience.choices,
        "page_language": language().split("-")[0],
        "forget": f"own-{checkin.pk}",
    }
    page = render(request, "checkins/thanks.html" if just else "checkins/own_answers.html", context)
    read(request.actor, "own.answers-read", checkin, client=client)
    return page


@require_POST
def own_share(request: Request, checkin: int) -> HttpResponse:
    """Change who may see answers."""
    found = get_object_or_404(selected.own_checkins(client_of(request)), pk=checkin)
    try:
        shown = kept.shown_in(request.actor.person)
        for answer in found.answers.filter(shown):
            audience = request.POST.get(f"audience-{answer.pk}", answer.audience)
            if audience != answer.audience:
                change_audience(answer=answer, audience=audience, by=request.actor)
        for comment in Comment.objects.filter(shown, checkin=found):
            audience = request.POST.get("audience-comment", comment.audience)
            if audience != comment.audience:
                change_comment_audience(comment=comment, audience=audience, by=request.actor)
        messages.success(request, _("Kept. From now on they are shown as you chose."))
    except Refused as refused:
        tell(request, refused)
    return redirect("own_checkin", found.pk)


@require_POST
def own_open(request: Request, checkin: int) -> HttpResponse:
    """Show in this account what was kept to oneself with a code."""
    found = get_object_or_404(selected.own_checkins(client_of(request)), pk=checkin)
    try:
        open_to_account(checkin=found, code=request.POST.get("code", ""), by=request.actor)
        messages.success(request, _("All your answers of this day are shown here now."))
    except Refused as refused:
        tell(request, refused)
    return redirect("own_checkin", found.pk)


@require_POST
def own_prefer(request: Request) -> HttpResponse:
    """Remember how someone likes to be asked."""
    prefer(one_page=request.POST.get("one_page") == "yes", by=request.actor)
    messages.success(request, _("Kept."))
    return redirect("own")


def client_of(request: Request) -> Client:
    """Give the client whose account this is."""
    if request.actor.client is None:
        raise Http404
    return request.actor.client
