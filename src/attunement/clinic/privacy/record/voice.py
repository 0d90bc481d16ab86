"""What a client wants to raise, what they wrote to the service, and how they are seen."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from attunement.clinic.formulation.models import Entry, OwnWords
from attunement.clinic.privacy.record.scope import EPISODE, Rows, Scope, Table, texts
from attunement.clinic.voice.models import Matter, WordStep
from attunement.clinic.voice.seen import matters_seen, own_words

SHEET = "worksheet__episode__client"
IN_VERSION = "version__worksheet__episode__client"


def matters(scope: Scope) -> Rows:
    """Read what a client wants to raise: staff get what the therapist was told."""
    if scope.own:
        rows = Matter.objects.filter(matters_seen(scope.account))
    else:
        rows = Matter.objects.filter(choice__in=Matter.FOR_THERAPIST)
    columns = ["id", "checkin_id", "choice", "state", "made_at", "closed_at", "talked_at"]
    if scope.own:
        columns += ["items", "went", "helped", "how", "counts"]
    return texts(scope, rows, EPISODE, "text", *columns)


def words(scope: Scope) -> Rows:
    """Read what was written to the service: in the client's own copy alone."""
    if not scope.own:
        return []
    rows = own_words(scope.client, scope.account)
    columns = ("id", "kind", "named", "state", "written_at")
    return texts(scope, rows, "client", "text", *columns)


def word_steps(scope: Scope) -> Rows:
    """Read what the service answered: in the client's own copy alone."""
    if not scope.own:
        return []
    mine = own_words(scope.client, scope.account)
    rows = WordStep.objects.filter(word__in=mine.values("pk"))
    return texts(scope, rows, "word__client", "text", "word_id", "at", "before", "after")


def formulation(scope: Scope) -> Rows:
    """Read worksheets: the client gets the parts that are shared with them now."""
    rows = Entry.objects.select_related("version__worksheet")
    if scope.own:
        rows = rows.filter(shared=True, version__number=F("version__worksheet__version"))
    columns = ("version__worksheet__lens", "version__number", "version__written_at", "part")
    return texts(scope, rows, IN_VERSION, "text", *columns, "shared")


VOICE: tuple[Table, ...] = (
    Table(name="matters", about=_("What the client wanted to bring up"), read=matters),
    Table(
        name="words",
        about=_("Words to the service, in the client's own copy alone"),
        whole=True,
        read=words,
    ),
    Table(
        name="word-steps",
        about=_("What became of such words, in the client's own copy alone"),
        whole=True,
        read=word_steps,
    ),
    Table(name="formulation", about=_("How the therapist sees it, part by part"), read=formulation),
    Table(
        name="formulation-own-words",
        about=_("What the client added to it"),
        read=lambda scope: texts(
            scope,
            OwnWords.objects.select_related("worksheet"),
            SHEET,
            "text",
            "worksheet__lens",
            "part",
            "written_at",
        ),
    ),
)
