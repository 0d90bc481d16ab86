"""When a record is erased, nothing that was written or seen of a client stays."""

from django.db import transaction

from attunement.clinic.formulation.models import Entry, OwnWords, Worksheet
from attunement.clinic.privacy.erasure import GONE, empty
from attunement.clinic.voice.models import Matter, Word, WordStep
from support import world


def test_what_clients_raised_wrote_and_read_is_erased_with_the_rest(here, elsewhere):
    made = world.build(here, elsewhere)
    tables = (Matter, Word, WordStep, Worksheet, Entry, OwnWords)
    assert all(table.objects.exists() for table in tables)
    with transaction.atomic():
        empty(made.episode.client)
    assert not any(table.objects.exists() for table in tables)
    assert any("written to the service" in str(one) for one in GONE)
