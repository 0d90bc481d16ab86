"""Everything that one person may see of the goals of an episode."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from attunement.charts import small_line
from attunement.clinic.checkins.models import Rater
from attunement.clinic.goals import words
from attunement.clinic.goals.models import MOST_WRITTEN, Goal, Round, SetAside, Written
from attunement.clinic.goals.reach import mine_aside, shown_to
from attunement.clinic.goals.selectors.agreement import Point, agreement_line, looked_through
from attunement.clinic.goals.selectors.compared import Compared, Row, compare
from attunement.clinic.goals.selectors.followed import (
    Attainment,
    Followed,
    attained,
    followed,
    pulling_apart,
)
from attunement.clinic.people.models import Episode, Person

HUNDRED = 100


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """A round of earlier: when its lists were opened, and what stood in them."""

    opened_at: datetime | None
    written: tuple[Written, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The goals of an episode as one person sees them.

    While both write, it holds what that person wrote and nothing of the other's, not even how
    much there is; whether the other is ready is all it says.

    Attributes
    ----------
    side : str or None
        For whom they act; None for someone who only reads, and sees no list that is not open.
    account : Person or None
        Whose account it is; None for a link or a tablet.
    wrote : collection of str
        The goals that were written in this browser, where nobody is signed in.
    """

    episode: Episode
    side: str | None
    account: Person | None = None
    wrote: Collection[str] = ()

    @cached_property
    def rounds(self) -> list[Round]:
        """All rounds, the newest first."""
        return list(Round.objects.filter(episode=self.episode).order_by("-number"))

    @property
    def round(self) -> Round | None:
        """The round that counts now."""
        return self.rounds[0] if self.rounds else None

    @property
    def is_writing(self) -> bool:
        """Whether the lists are not open."""
        return self.round is None or not self.round.is_open

    @property
    def client_name(self) -> str:
        """Name the client, from where one stands."""
        return self.episode.client.shown_name if self.side != Rater.CLIENT else _("you")

    @property
    def therapist_name(self) -> str:
        """Name the therapist, from where one stands."""
        if self.side == Rater.THERAPIST:
            return _("you")
        return self.episode.therapist.name if self.episode.therapist else _("your therapist")

    @property
    def other_name(self) -> str:
        """Name the other."""
        return self.therapist_name if self.side == Rater.CLIENT else self.client_name

    @property
    def ready(self) -> bool:
        """Whether this side is ready to look."""
        return bool(self.round and self.side and self.round.ready(self.side))

    @property
    def may_go_back(self) -> bool:
        """Whether this round can still be called off: a new one in which nobody is ready."""
        return bool(
            self.is_writing
            and self.round
            and self.round.number > 1
            and not self.ready
            and not self.other_ready
        )

    @property
    def other_ready(self) -> bool:
        """Whether the other side is."""
        other = Rater.THERAPIST if self.side == Rater.CLIENT else Rater.CLIENT
        return bool(self.round and self.round.ready(other))

    @property
    def written(self) -> QuerySet[Written]:
        """What this side has written in the round that is not open yet."""
        if not self.is_writing or self.round is None or self.side is None:
            return Written.objects.none()
        return self.round.written.filter(writer=self.side).order_by("rank")

    @cached_property
    def own(self) -> list[Written]:
        """What of it may be shown here."""
        if self.round is None or self.side != Rater.CLIENT:
            return list(self.written)
        return list(self.written.filter(shown_to(self.account, self.round, self.wrote)))

    @cached_property
    def set_aside(self) -> Sequence[SetAside]:
        """A list of this account or browser that gave way to one written elsewhere."""
        if self.side != Rater.CLIENT or not self.is_writing or self.round is None:
            return []
        return mine_aside(self.round, self.account, self.wrote)

    @property
    def kept_unseen(self) -> bool:
        """Whether this side has written what is not shown here."""
        return self.written.count() > len(self.own)

    @property
    def kept_in_account(self) -> bool:
        """Whether that is kept in an account, and whoever looks is not signed in."""
        return self.account is None and self.written.filter(account__isnull=False).exists()

    @property
    def rows(self) -> list[tuple[int, Written | None]]:
        """The places of the form, with what stands there."""
        return [
            (place, self.own[place] if place < len(self.own) else None)
            for place in range(MOST_WRITTEN)
        ]

    @cached_property
    def compared(self) -> Compared | None:
        """Both lists side by side, once they are open."""
        return compare(self.round) if self.round is not None and self.round.is_open else None

    @property
    def differences(self) -> list[Row]:
        """What there is to talk about: all rows but those that are settled."""
        return [row for row in self.all_rows if not (row.paired and row.led_on)]

    @property
    def settled(self) -> list[Row]:
        """What both wrote, and share by now."""
        return [row for row in self.all_rows if row.paired and row.led_on]

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """All rows of the comparison."""
        return self.compared.rows if self.compared else ()

    @cached_property
    def points(self) -> list[Point]:
        """Agreement over sessions."""
        return agreement_line(self.episode)

    @property
    def agreement(self) -> str:
        """How much the lists have in common, in a sentence, once someone paired goals."""
        if self.compared is None or self.to_pair:
            return ""
        return words.agreement(self.compared.agreement, self.client_name, self.therapist_name)

    @cached_property
    def to_pair(self) -> bool:
        """Whether nobody went through two open lists yet."""
        if self.round is None or self.compared is None or self.compared.agreement is None:
            return False
        return not looked_through(Round.objects.filter(pk=self.round.pk)).exists()

    @property
    def over_rounds(self) -> str:
        """How agreement went, in a sentence."""
        return words.over_rounds(self.points)

    @property
    def line(self) -> SafeString:
        """How agreement went, as a line."""
        values = [HUNDRED * one.agreement for one in self.points]
        return SafeString(small_line(values, self.over_rounds, least=HUNDRED / 2))

    @cached_property
    def goals(self) -> list[Followed]:
        """The shared goals."""
        return followed(self.episode)

    @property
    def open_goals(self) -> list[Followed]:
        """What is worked on, or waits for a yes."""
        return [one for one in self.goals if one.goal.is_open]

    @property
    def others(self) -> list[Followed]:
        """What is reached or put aside."""
        return [one for one in self.goals if not one.goal.is_open]

    @property
    def agreed(self) -> list[Goal]:
        """The goals that both said yes to, and work on."""
        return [one.goal for one in self.goals if one.goal.state == Goal.State.AGREED]

    @property
    def apart(self) -> list[str]:
        """Goals whose progress went opposite ways, in sentences."""
        return [
            _(
                "“%(first)s” and “%(second)s”: one rose when the other fell, %(apart)d times of "
                "%(all)d. Chance alone seldom does that. Worth asking whether they get in each "
                "other's way."
            )
            % {
                "first": first,
                "second": second,
                "apart": one.apart,
                "all": one.apart + one.together,
            }
            for first, second, one in pulling_apart(self.goals)
        ]

    @cached_property
    def attainment(self) -> Attainment | None:
        """The newest T-score."""
        return attained(self.goals)

    @property
    def earlier(self) -> list[Earlier]:
        """What stood in the lists of earlier rounds."""
        return [
            Earlier(opened_at=one.opened_at, written=tuple(one.written.order_by("writer", "rank")))
            for one in self.rounds
            if one.is_open and one is not self.round
        ]


def waits_for(episode: Episode, side: str) -> bool:
    """Say whether the other is ready to look, or proposed words that wait for a yes."""
    other = Rater.THERAPIST if side == Rater.CLIENT else Rater.CLIENT
    to_look = Round.objects.filter(
        episode=episode,
        state=Round.State.WRITING,
        **{f"{other}_ready_at__isnull": False, f"{side}_ready_at__isnull": True},
    )
    to_agree = Goal.objects.filter(episode=episode, state=Goal.State.PROPOSED, proposed_by=other)
    return to_look.exists() or to_agree.exists()
