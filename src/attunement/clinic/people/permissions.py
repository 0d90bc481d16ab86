"""Who may do what, as data: the default is no."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    """Whom a request comes from. A person may hold several roles at a site."""

    ANYONE = "anyone"
    CLIENT = "client"
    THERAPIST = "therapist"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing that can be allowed. Every page, action and route names the one it needs."""

    PUBLIC_READ = "public.read"
    CHECKIN_ANSWER_BY_TOKEN = "checkin.answer-by-token"  # noqa: S105
    ACCOUNT_OWN = "account.own"
    HOME_READ = "home.read"

    OWN_READ = "own.read"
    OWN_ANSWER = "own.answer"
    OWN_RIGHTS = "own.rights"
    OWN_GOALS = "own.goals"

    CASELOAD_READ = "caseload.read"
    CLIENT_READ = "client.read"
    CLIENT_CREATE = "client.create"
    CLIENT_CHANGE = "client.change"
    CLIENT_EXPORT = "client.export"
    CLIENT_ERASE = "client.erase"
    NOTE_WRITE = "note.write"
    GOAL_WRITE = "goal.write"
    ATTEMPT_MARK = "attempt.mark"
    STRATEGY_READ = "strategy.read"
    FOLLOWED_READ = "followed.read"
    SESSION_PLAN = "session.plan"
    CHECKIN_INVITE = "checkin.invite"
    CHECKIN_ANSWER_AS_THERAPIST = "checkin.answer-as-therapist"
    ALERT_READ = "alert.read"
    ALERT_HANDLE = "alert.handle"
    PLAN_EPISODE = "plan.episode"
    FORMULATION_WRITE = "formulation.write"
    BREAK_GLASS = "break-glass.open"

    SUPERVISION_READ = "supervision.read"
    BREAK_GLASS_REVIEW = "break-glass.review"

    SERVICE_READ = "service.read"
    SERVICE_RENEW = "service.renew"
    MODEL_READ = "model.read"
    TABLES_EXPORT = "tables.export"
    WORDS_READ = "words.read"

    PEOPLE_MANAGE = "people.manage"
    SITE_MANAGE = "site.manage"
    PLAN_SITE = "plan.site"
    TABLES_IMPORT = "tables.import"
    AUDIT_READ = "audit.read"


P = Permission
EVERYONE = frozenset({P.PUBLIC_READ, P.CHECKIN_ANSWER_BY_TOKEN})
SIGNED_IN = EVERYONE | {P.ACCOUNT_OWN, P.HOME_READ}
WITH_CLIENTS = SIGNED_IN | {
    P.CLIENT_READ,
    P.CLIENT_CHANGE,
    P.CLIENT_EXPORT,
    P.NOTE_WRITE,
    P.SESSION_PLAN,
    P.CHECKIN_INVITE,
    P.ALERT_READ,
    P.ALERT_HANDLE,
    P.PLAN_EPISODE,
    P.BREAK_GLASS,
    P.STRATEGY_READ,
}

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.ANYONE: EVERYONE,
    Role.CLIENT: SIGNED_IN | {P.OWN_READ, P.OWN_ANSWER, P.OWN_RIGHTS, P.OWN_GOALS},
    Role.THERAPIST: WITH_CLIENTS
    | {
        P.CASELOAD_READ,
        P.CLIENT_CREATE,
        P.FORMULATION_WRITE,
        P.CHECKIN_ANSWER_AS_THERAPIST,
        P.GOAL_WRITE,
        P.ATTEMPT_MARK,
    },
    Role.SUPERVISOR: WITH_CLIENTS | {P.SUPERVISION_READ, P.BREAK_GLASS_REVIEW, P.FOLLOWED_READ},
    Role.MANAGER: SIGNED_IN
    | {P.SERVICE_READ, P.SERVICE_RENEW, P.MODEL_READ, P.TABLES_EXPORT, P.WORDS_READ}
    | {P.STRATEGY_READ, P.FOLLOWED_READ},
    Role.ADMINISTRATOR: SIGNED_IN
    | {P.PEOPLE_MANAGE, P.SITE_MANAGE, P.PLAN_SITE, P.TABLES_IMPORT, P.AUDIT_READ, P.CLIENT_ERASE}
    | {P.MODEL_READ},
}

DESCRIPTIONS: Mapping[Role, Promise] = {
    Role.ANYONE: _("Someone who is not signed in, or who holds a check-in link"),
    Role.CLIENT: _("Sees and answers what is their own, and nothing that predicts or grades them"),
    Role.THERAPIST: _("Sees the clients of their own caseload"),
    Role.SUPERVISOR: _("Sees the caseloads of the therapists they supervise"),
    Role.MANAGER: _(
        "Sees counts, and tables of answers and scores without names or texts; reads what clients "
        "write to the service"
    ),
    Role.ADMINISTRATOR: _("Sets up people, sites, plans and contacts; sees no answers"),
}


def grants(roles: frozenset[Role], permission: Permission) -> bool:
    """Say whether any of these roles allows it."""
    return any(permission in GRANTS[role] for role in roles)
