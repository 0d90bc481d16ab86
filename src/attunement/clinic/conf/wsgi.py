"""The application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "attunement.clinic.conf.settings")

application = get_wsgi_application()

from attunement.clinic.conf.environment import environment  # noqa: E402
from attunement.clinic.running.belonging import leave_others_people  # noqa: E402

leave_others_people(environment().mode)
