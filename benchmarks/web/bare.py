# ruff: noqa: D106
"""A bare Django view that only inserts one row, served as the clinic is: the yardstick."""

import os

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="only a yardstick",  # noqa: S106
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[],
    MIDDLEWARE=[],
    DATABASES={
        "default": __import__("dj_database_url").parse(os.environ["ATTUNEMENT_DATABASE"])
        | {"OPTIONS": {"pool": {"min_size": 1, "max_size": 10, "timeout": 10}}}
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


class Row(models.Model):
    """What is inserted."""

    value = models.FloatField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bare"
        db_table = "bare_row"


def insert(request: HttpRequest) -> HttpResponse:
    """Insert one row."""
    Row.objects.create(value=float(request.POST["value"]))
    return HttpResponse("kept")


urlpatterns = [path("insert", insert)]
application = get_wsgi_application()
