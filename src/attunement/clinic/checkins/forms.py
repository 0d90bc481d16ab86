"""Forms about sessions and plans."""

from datetime import date, datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attunement.clinic.checkins.actions.sessions import MOST_AT_ONCE

FIRST_YEAR, LAST_YEAR = 1950, 2150


class TimeForm(forms.Form):
    """When a session is."""

    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def clean_day(self) -> date:
        """Refuse a year in which nobody has sessions, such as 0202."""
        day: date = self.cleaned_data["day"]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(_("Look at the year again."))
        return day

    @property
    def starts_at(self) -> datetime:
        """The moment, on the clock of the site."""
        return timezone.make_aware(
            datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        )


class SessionForm(TimeForm):
    """One session, or several weeks running."""

    times = forms.IntegerField(
        label=_("For how many weeks"),
        help_text=_("1 plans a single session. More plan one at the same hour every week."),
        initial=1,
        min_value=1,
        max_value=MOST_AT_ONCE,
    )
