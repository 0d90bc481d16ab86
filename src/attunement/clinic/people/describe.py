"""Who may do what, in words: the page of permissions writes itself from the data."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attunement.clinic.people.permissions import DESCRIPTIONS, GRANTS, Permission, Role

P = Permission

ROLE_NAMES: Mapping[Role, Promise] = {
    Role.ANYONE: _("Anyone"),
    Role.CLIENT: _("Client"),
    Role.THERAPIST: _("Therapist"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.MANAGER: _("Manager"),
    Role.ADMINISTRATOR: _("Administrator"),
}

WORDS: Mapping[Permission, Promise] = {
    P.PUBLIC_READ: _("See pages that hold nothing about anyone"),
    P.CHECKIN_ANSWER_BY_TOKEN: _("Answer the one check-in of a link they hold"),
    P.ACCOUNT_OWN: _("Look after their own sign-in"),
    P.HOME_READ: _("See their first page"),
    P.OWN_READ: _("See their own answers and line"),
    P.OWN_ANSWER: _("Answer their own check-ins"),
    P.OWN_RIGHTS: _("See, take along and ask to erase what is kept about them"),
    P.OWN_GOALS: _("Write their own goals, and agree on them"),
    P.CASELOAD_READ: _("See their own caseload"),
    P.CLIENT_READ: _("See a client within their care"),
    P.CLIENT_CREATE: _("Take in a new client"),
    P.CLIENT_CHANGE: _("Change and correct the record of a client within their care"),
    P.CLIENT_EXPORT: _("Take out everything about a client within their care"),
    P.CLIENT_ERASE: _("Erase a client's record when that is asked for or due"),
    P.NOTE_WRITE: _("Write notes on a client within their care"),
    P.GOAL_WRITE: _("Write and agree on goals with a client of their own"),
    P.ATTEMPT_MARK: _("Say what they tried with a client of their own"),
    P.STRATEGY_READ: _("Read what could help, and why"),
    P.FOLLOWED_READ: _("See what followed each strategy at the site, in large numbers"),
    P.SESSION_PLAN: _("Plan sessions"),
    P.CHECKIN_INVITE: _("Invite to a check-in"),
    P.CHECKIN_ANSWER_AS_THERAPIST: _("Answer the therapist's side of a check-in"),
    P.ALERT_READ: _("See alerts about clients within their care"),
    P.ALERT_HANDLE: _("Take on, resolve and pass on such alerts"),
    P.PLAN_EPISODE: _("Change what one client is asked"),
    P.FORMULATION_WRITE: _("Write down how they see a client within their care"),
    P.BREAK_GLASS: _("Open a record outside their care for a stated reason"),
    P.SUPERVISION_READ: _("See the caseloads of those they supervise"),
    P.BREAK_GLASS_REVIEW: _("Review who opened records outside their care, and why"),
    P.SERVICE_READ: _("See counts and rates of the site"),
    P.SERVICE_RENEW: _("Have counts and rates of the site worked out anew"),
    P.MODEL_READ: _("See how the model of who may leave was learned and tested"),
    P.TABLES_EXPORT: _("Take out tables without names or texts"),
    P.WORDS_READ: _("Read and answer what clients write to the service"),
    P.PEOPLE_MANAGE: _("Add people, give and take roles"),
    P.SITE_MANAGE: _("Set up the site, its contacts and its keys"),
    P.PLAN_SITE: _("Choose what is asked at the site"),
    P.TABLES_IMPORT: _("Bring in files of earlier scores, and undo that"),
    P.AUDIT_READ: _("See who did and read what, without the content"),
}


@dataclass(frozen=True)
class Line:
    """One permission, and whether each role has it."""

    permission: Permission
    words: Promise
    granted: tuple[tuple[Role, bool], ...]


@dataclass(frozen=True)
class Table:
    """All roles and all permissions."""

    roles: tuple[tuple[Role, Promise, Promise], ...]
    lines: tuple[Line, ...]


def matrix() -> Table:
    """Lay the granted permissions out as a table."""
    return Table(
        roles=tuple((role, ROLE_NAMES[role], DESCRIPTIONS[role]) for role in Role),
        lines=tuple(
            Line(one, WORDS[one], tuple((role, one in GRANTS[role]) for role in Role))
            for one in Permission
        ),
    )
