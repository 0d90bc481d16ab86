"""What administrators fill in."""

from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core import validators
from django.utils.translation import gettext_lazy as _

from attunement.clinic.people.models import SETTINGS, STAFF_ROLES, Membership, Site
from attunement.clinic.people.permissions import Role

ZONES = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


class StaffForm(forms.Form):
    """Someone new."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), help_text=_("They sign in with it."))
    roles = forms.MultipleChoiceField(
        label=_("What they do here"), choices=STAFF_ROLES, widget=forms.CheckboxSelectMultiple
    )


class RolesForm(forms.Form):
    """What someone does at the site."""

    roles = forms.MultipleChoiceField(
        label=_("What they do here"),
        choices=STAFF_ROLES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Without a role they can no longer see anything of this site."),
    )


class SupervisorsForm(forms.Form):
    """Who supervises a therapist."""

    supervisors = forms.ModelMultipleChoiceField(
        label=_("Supervised by"),
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("They see the whole caseload, with its alerts."),
    )

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supervisors"] = named(self.fields["supervisors"], site, Role.SUPERVISOR)


class HandOverForm(forms.Form):
    """To whom a caseload goes."""

    taker = forms.ModelChoiceField(label=_("To"), queryset=Membership.objects.none())

    def __init__(self, *args: Any, site: Site, giver: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = named(self.fields["taker"], site, Role.THERAPIST)
        field.queryset = field.queryset.exclude(pk=giver.pk)
        self.fields["taker"] = field


def named(field: Any, site: Site, role: Role) -> Any:
    """Let a field choose among those who hold a role, by their names."""
    field.queryset = Membership.objects.filter(site=site, role=role, active=True).select_related(
        "person"
    )
    field.label_from_instance = lambda held: held.person.name
    return field


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]
    """Settings of a site."""

    class Meta:
        model = Site
        fields = SETTINGS
        widgets = {
            "language": forms.Select(choices=settings.LANGUAGES),
            "time_zone": forms.Select(choices=[(zone, zone) for zone in ZONES]),
        }
        labels = {
            "name": _("Name"),
            "language": _("Language"),
            "time_zone": _("Time zone"),
            "safety_minutes": _("Minutes until a safety alert goes further"),
            "alert_hours": _("Hours until another alert is overdue"),
            "link_days": _("Days for which a check-in link works"),
            "retention_months": _("Months to keep a record after care has ended"),
        }
        help_texts = {
            "safety_minutes": _("Then the supervisor and whoever is on call are told as well."),
            "retention_months": _(
                "Ask what the law asks of you. After that time the record is proposed for erasure."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = {
            "safety_minutes": (5, 1440),
            "alert_hours": (1, 336),
            "link_days": (1, 30),
            "retention_months": (1, 1200),
        }
        for name, (least, most) in limits.items():
            self.fields[name].widget.attrs |= {"min": least, "max": most}
            self.fields[name].validators += [
                validators.MinValueValidator(least),
                validators.MaxValueValidator(most),
            ]


class ContactForm(forms.Form):
    """Whom a client in danger can call."""

    name = forms.CharField(label=_("Who"), max_length=80, required=False)
    phone = forms.CharField(label=_("Number"), max_length=40, required=False)
    hours = forms.CharField(label=_("When"), max_length=80, required=False)
    about = forms.CharField(label=_("What for"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for both a name and a number, or neither."""
        given = super().clean() or {}
        if bool(given.get("name")) != bool(given.get("phone")):
            raise forms.ValidationError(_("Give both who it is and the number."))
        return given


class Contacts(forms.BaseFormSet):  # type: ignore[type-arg]
    """At least one contact."""

    def clean(self) -> None:
        """Ask for one contact: a client in danger must find somebody."""
        if not any(self.errors) and not self.kept():
            raise forms.ValidationError(
                _("Give at least one number: a client in danger must find somebody.")
            )

    def kept(self) -> list[dict[str, str]]:
        """Give the contacts that were filled in."""
        names = ("name", "phone", "hours", "about")
        return [
            {name: form.cleaned_data.get(name, "") for name in names}
            for form in self.forms
            if getattr(form, "cleaned_data", {}).get("name")
        ]


def contacts_form(given: Any, contacts: list[dict[str, str]]) -> Contacts:
    """Give the form of the contacts there are, with room for two more."""
    made = forms.formset_factory(ContactForm, formset=Contacts, extra=2, max_num=8)
    return cast("Contacts", made(given, initial=contacts, prefix="contact"))


class AccountForm(forms.Form):
    """Where to send a client's invitation."""

    email = forms.EmailField(
        label=_("E-mail"), help_text=_("Your client chooses a password by a link sent there.")
    )
