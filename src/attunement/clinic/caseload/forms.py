"""Forms of the caseload."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from attunement.clinic.checkins.models import Session
from attunement.clinic.people.models import Membership


def day_of(session: Session) -> str:
    """Write the day of a session."""
    return date_format(timezone.localtime(session.starts_at), "SHORT_DATE_FORMAT")


class NoteForm(forms.Form):
    """A note on a client."""

    text = forms.CharField(
        label=_("Note"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Kept encrypted, apart from the client's answers. Every therapist who has this "
            "client in care, now or later, and their supervisors can read it. So can "
            "whoever opens the record in an emergency; the audit keeps that they did."
        ),
    )
    session = forms.TypedChoiceField(
        label=_("About session"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, sessions: Sequence[Session] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.pk, f"{one.number} · {day_of(one)}") for one in sessions]
        self.fields["session"].choices = [("", _("no session")), *choices]  # type: ignore[attr-defined]


class DetailsForm(forms.Form):
    """Who a client is, and how to reach them."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("Kept encrypted. Leave it empty to work with the code alone."),
    )
    code = forms.CharField(
        label=_("Code"), max_length=60, help_text=_("Your site's pseudonym; each code once.")
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("For check-in links. Kept encrypted.")
    )
    language = forms.ChoiceField(
        label=_("Language of the check-ins"),
        choices=[("", _("As their phone is set")), *settings.LANGUAGES],
        required=False,
    )


class NewClientForm(DetailsForm):
    """A new client, and the first stretch of care."""

    started_on = forms.DateField(
        label=_("In care since"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    planned_sessions = forms.IntegerField(
        label=_("Planned sessions"), required=False, min_value=1, max_value=500
    )


class EndForm(forms.Form):
    """The end of an episode."""

    ended_on = forms.DateField(
        label=_("Last day of care"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class HandOverForm(forms.Form):
    """To whom a client goes."""

    therapist = forms.ModelChoiceField(label=_("To whom"), queryset=Membership.objects.none())

    def __init__(self, *args: Any, to: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["therapist"]
        field.queryset = to  # type: ignore[attr-defined]
        field.label_from_instance = lambda held: held.name  # type: ignore[attr-defined]
