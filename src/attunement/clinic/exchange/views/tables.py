"""Hand out de-identified tables."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from attunement.clinic.audit.record import read
from attunement.clinic.exchange.tables.disguise import DAYS, Days, Disguise
from attunement.clinic.exchange.tables.packing import Form, packed
from attunement.clinic.exchange.tables.rows import clients, episodes, first_days
from attunement.clinic.people.request import Request

FEW, FEWEST = 50, 10


class TablesForm(forms.Form):
    """How tables are to be handed out."""

    days = forms.ChoiceField(
        label=_("What becomes of days?"), choices=DAYS, widget=forms.RadioSelect
    )
    form = forms.ChoiceField(
        label=_("Format"),
        choices=((Form.CSV, _("CSV, for a spreadsheet")), (Form.PARQUET, _("Parquet"))),
        widget=forms.RadioSelect,
    )
    understood = forms.BooleanField(
        label=_(
            "I will keep these tables as I keep records, and will not try to find out who is who."
        )
    )


@require_http_methods(["GET", "POST"])
def tables(request: Request) -> HttpResponseBase:
    """Choose, and be given a ZIP that is written while it is sent."""
    site = request.actor.site
    if site is None:
        raise PermissionDenied
    count = episodes(site).values("client").distinct().count()
    form = TablesForm(request.POST or None, initial={"days": Days.WEEKS, "form": Form.CSV})
    if request.method == "POST" and count < FEWEST:
        form.add_error(
            None,
            _(
                "There are fewer than %(fewest)s clients here. Among so few, everyone might be "
                "recognised, so no tables leave."
            )
            % {"fewest": FEWEST},
        )
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        disguise = Disguise(
            days=Days(chosen["days"]), began=first_days(site), clients=clients(site)
        )
        read(
            request.actor, "tables.exported", site,
            clients=count, days=chosen["days"], form=chosen["form"],
        )  # fmt: skip
        return StreamingHttpResponse(
            packed(site, disguise, Form(chosen["form"])),
            content_type="application/zip",
            headers={
                "Content-Disposition": 'attachment; filename="tables.zip"',
                "Cache-Control": "no-store",
            },
        )
    return render(
        request,
        "exchange/tables.html",
        {"form": form, "clients": count, "few": count < FEW},
        status=422 if form.errors else 200,
    )
