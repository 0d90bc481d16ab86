"""Every page of the clinic: who comes to it, and how, where its address alone does not do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.urls import reverse

from attunement.clinic.caseload.actions.notes import write_note
from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.checkins.models import CheckIn, Comment
from attunement.clinic.people.permissions import Role
from attunement.clinic.privacy.consent import VERSION
from attunement.clinic.privacy.models import Consent
from attunement.clinic.service.counting import count_site
from clinic.caseload import seeding
from clinic.caseload.test_caseload import ALLIANCE, alert
from clinic.journeys.figures import work_out
from clinic.journeys.test_sign_in import DEVICE
from support import house, world
from support.shared_goals import goals_of, lists_in_writing

NOBODY = ""
DROP = {ALLIANCE: {"score": 3.0, "usual": 8.0, "depth": 6.0}}


@dataclass
class House:
    """A filled site: people by name, and the objects that routes name."""

    people: dict
    objects: dict
    episode: object
    more: dict = field(default_factory=dict)

    def link(self, to="due"):
        """Make a link to a check-in that waits."""
        return "/c/" + invite(checkin=self.more[to], purpose="link", by=self.actor).secret

    @property
    def actor(self):
        return house.actor(self.people["therapist"])


def filled(here, elsewhere):
    """Build a site in which every page has something to say."""
    made = world.build(here, elsewhere)
    therapist = made.people["therapist"]
    full = max(seeding.fill(therapist, 8), key=lambda one: one.scores.count())
    full.client.account = house.person("Maya Rao")
    full.client.save()
    Consent.objects.get_or_create(client=full.client, version=VERSION)
    safety = {"phq9": {"9": 1.0}}
    for onset, (kind, evidence) in enumerate(
        [("safety", safety), ("drop", DROP), ("missed", {"sessions": {"count": 2}})], start=40
    ):
        found = alert(full, kind, onset, evidence=evidence, scale=next(iter(evidence)))
        if kind == "safety":
            made.objects["alert"] = found.pk
    alert(full, "told", 1, state="resolved", scale="client")
    made.objects["note"] = write_note(
        episode=full, text="Ask about the row.", by=house.actor(therapist)
    ).pk
    answered = CheckIn.objects.filter(
        session__episode=full, state="answered", rater="client", moment="after"
    ).last()
    Comment.objects.create(checkin=answered, text="I felt rushed.")
    new = house.session(full, full.sessions.count() + 1, status="planned")
    last = house.session(full, new.number + 1, status="planned")
    more = {
        "due": house.checkin(new, instruments=("session-check-in", "phq9")),
        "mine": house.checkin(new, "therapist", instruments=("session-check-in-therapist",)),
        "sent": house.checkin(last, instruments=("session-check-in", "phq9")),
        "low": house.checkin(house.session(full, last.number + 1, status="planned")),
        "unasked": house.checkin(house.session(house.episode(therapist, "Lee S.", consent=False))),
    }
    goals_of(full)
    writing = house.episode(therapist, "Zoe O.", account=house.person("Zoe O."))
    goals_of(writing)
    lists_in_writing(writing)
    after = house.session(full, last.number + 2, status="planned")
    more |= {
        "also sent": house.checkin(after, instruments=("session-check-in", "phq9")),
        "writing": writing,
        "unwritten": house.episode(therapist, "Tom K."),
    }
    made.objects |= {"episode": full.pk, "session": new.pk, "checkin": answered.pk}
    count_site(here)
    work_out(here, elsewhere, more["unwritten"])
    several = house.staff(Role.ADMINISTRATOR, here, house.person("Kim Park"))
    house.staff(Role.MANAGER, elsewhere, several.person)
    RecoveryCodes.activate(therapist.person)
    people = made.people | {
        "client": full.client.account,
        "writer": writing.client.account,
        "several": several,
        "forgetful": house.person("Nora Weiss"),
        "newcomer": house.staff(Role.MANAGER, here, house.person("Nils Berg")).person,
        "plain": made.people["client"],
        "leaver": house.person("Left Long Ago"),
    }
    return House(people, made.objects, full, more)


@dataclass(frozen=True)
class Page:
    """Who comes to a page, and how."""

    who: str
    via: Callable | None = None
    status: int = 200


def at(name, *objects):
    """Go to a route with other objects than those of its name."""

    def go(page, site):
        return page.goto(reverse(name, args=[site.more[one].pk for one in objects]))

    return go


def by_link(page, site):
    return page.goto(site.link())


def on_one_page(page, site):
    """Ask for all questions of a check-in at once."""
    answer = page.goto(site.link())
    all_at_once(page)
    return answer


def all_at_once(page):
    """Show all questions, where a device has not kept that one wanted to."""
    if page.locator("button.send").is_hidden():
        page.locator("button.mode").click()


def with_a_code(page, site):
    return page.goto(site.link() + "/brought")


def low(page, site):
    """Answer low by a link, and look at what is offered."""
    page.goto(site.link("low"))
    all_at_once(page)
    for slider in page.locator("input[type=range]").all():
        slider.press("Home")
    with page.expect_navigation(url="**/thanks"):
        page.locator("button.send").click()
    return page.reload()


def asked_first(page, site):
    return page.goto(site.link("unasked"))


def said_no(page, site):
    """Say no to being asked."""
    page.goto(site.link("unasked"))
    with page.expect_navigation() as answer:
        page.locator("[name=consent][value=no]").click()
    return answer.value


def thanked(page, site):
    """Answer by a link, and look at the thanks."""
    page.goto(site.link("sent"))
    with page.expect_navigation(url="**/thanks"):
        all_at_once(page)
        page.locator("button.send").click()
    return page.reload()


def handed_over(page, site):
    """Hand over a tablet."""
    page.goto(reverse("session", args=[site.objects["session"]]))
    with page.expect_navigation(url="**/tablet"):
        page.locator("[formaction$=tablet]").first.click()
    return page.reload()


def goals_by_link(page, site):
    """Answer by a link, and go on to the goals."""
    page.goto(site.link("also sent"))
    with page.expect_navigation(url="**/thanks"):
        all_at_once(page)
        page.locator("button.send").click()
    with page.expect_navigation(url="**/goals") as answer:
        page.locator("a[href$='/goals']").click()
    return answer.value


def goals_on_tablet(page, site):
    """Hand over a tablet for goals."""
    page.goto(reverse("goals", args=[site.more["unwritten"].pk]))
    with page.expect_navigation(url="**/tablet/goals"):
        page.locator("form[action$='goals/tablet'] button").click()
    return page.reload()


def invited(purpose):
    """Make a link, or a code to scan, on the page of a session."""

    def go(page, site):
        page.goto(reverse("session", args=[site.objects["session"]]))
        with page.expect_response("**/invite") as answer:
            page.locator(f"[value={purpose}]").first.click()
        return answer.value

    return go


def second_step(page, site):
    """Give the password, and be asked for the second step."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    person = site.people["newcomer"]
    if not person.authenticator_set.exists():
        TOTP.activate(person, generate_totp_secret())
    return sign_in(page, person)


def sign_in(page, person):
    page.goto(reverse("account_login"))
    page.locator("[name=login]").fill(person.email)
    page.locator("[name=password]").fill(house.PASSWORD)
    with page.expect_navigation() as answer:
        page.locator("[name=password]").press("Enter")
    return answer.value


def first_app(page, site):
    """Set up an app, where there is none."""
    sign_in(page, site.people["plain"])
    return page.goto(reverse("mfa_activate_totp"))


def with_passkey(page, site):
    """Show once more that it is oneself, by the passkey of a device."""
    sign_in(page, site.people["plain"])
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto(reverse("mfa_add_webauthn"))
    with page.expect_navigation():
        page.locator("#mfa_webauthn_add").click()
    answer = page.goto(reverse("mfa_reauthenticate_webauthn"))
    device.detach()
    return answer


def new_password(page, site):
    """Follow the link of an e-mail that was asked for."""
    person = site.people["forgetful"]
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    uid, _, token = key.partition("-")
    return page.goto(reverse("account_reset_password_from_key", args=[uid, token]))


THERAPIST, CLIENT, ADMINISTRATOR = Page("therapist"), Page("client"), Page("administrator")
SUPERVISOR, MANAGER, ANYONE = Page("supervisor"), Page("manager"), Page(NOBODY)

PAGES: Mapping[str, Page] = {
    "account/login/": ANYONE,
    "account/logout/": THERAPIST,
    "account/inactive/": ANYONE,
    "account/reauthenticate/": THERAPIST,
    "account/password/change/": THERAPIST,
    "account/password/reset/": ANYONE,
    "account/password/reset/done/": ANYONE,
    "account/password/reset/key/done/": ANYONE,
    "account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": Page(
        NOBODY, new_password
    ),
    "account/2fa/": THERAPIST,
    "account/2fa/authenticate/": Page(NOBODY, second_step),
    "account/2fa/reauthenticate/": THERAPIST,
    "account/2fa/totp/activate/": Page(NOBODY, first_app),
    "account/2fa/totp/deactivate/": THERAPIST,
    "account/2fa/recovery-codes/": THERAPIST,
    "account/2fa/recovery-codes/generate/": THERAPIST,
    "account/2fa/webauthn/": THERAPIST,
    "account/2fa/webauthn/add/": CLIENT,
    "account/2fa/webauthn/reauthenticate/": Page(NOBODY, with_passkey),
    "account/2fa/webauthn/keys/<int:pk>/remove/": THERAPIST,
    "account/2fa/webauthn/keys/<int:pk>/edit/": THERAPIST,
    "account/sessions/": THERAPIST,
    "site/choose": Page("several"),
    "people/": ADMINISTRATOR,
    "people/<uuid:person>/": ADMINISTRATOR,
    "site/": ADMINISTRATOR,
    "site/plan/": ADMINISTRATOR,
    "site/instruments/": ADMINISTRATOR,
    "site/permissions/": ADMINISTRATOR,
    "site/keys/": ADMINISTRATOR,
    "audit/": ADMINISTRATOR,
    "erasures/": ADMINISTRATOR,
    "erasures/<uuid:client>/": ADMINISTRATOR,
    "imports/": ADMINISTRATOR,
    "imports/new/": ADMINISTRATOR,
    "imports/new/<uuid:upload>/": ADMINISTRATOR,
    "imports/<uuid:made>/undo/": ADMINISTRATOR,
    "tables/": MANAGER,
    "service/": MANAGER,
    "service/analyst/": MANAGER,
    "service/methods/": MANAGER,
    "model/": MANAGER,
    "supervision/": SUPERVISOR,
    "break-glass/": THERAPIST,
    "break-glass/log/": SUPERVISOR,
    "caseload/": THERAPIST,
    "clients/new/": THERAPIST,
    "clients/<uuid:episode>/": THERAPIST,
    "clients/<uuid:episode>/print/": THERAPIST,
    "clients/<uuid:episode>/details/": THERAPIST,
    "clients/<uuid:episode>/end/": THERAPIST,
    "clients/<uuid:episode>/notes/new/": THERAPIST,
    "clients/<uuid:episode>/account/": THERAPIST,
    "clients/<uuid:episode>/sessions/new": THERAPIST,
    "clients/<uuid:episode>/plan": THERAPIST,
    "clients/<uuid:episode>/export/": THERAPIST,
    "clients/<uuid:episode>/correct/<int:checkin>/": THERAPIST,
    "notes/<uuid:note>/": THERAPIST,
    "sessions/<int:session>": THERAPIST,
    "check-ins/<int:checkin>/invite": Page("therapist", invited("link")),
    "check-ins/<int:checkin>/mine": Page("therapist", at("therapist_checkin", "mine")),
    "alerts/": THERAPIST,
    "alerts/<uuid:alert>/": THERAPIST,
    "c/<str:secret>": Page(NOBODY, by_link),
    "c/<str:secret>/thanks": Page(NOBODY, thanked),
    "tablet": Page("therapist", handed_over),
    "me/": CLIENT,
    "me/check-ins/<int:checkin>": CLIENT,
    "me/rights/": CLIENT,
    "clients/<uuid:episode>/goals/": THERAPIST,
    "clients/<uuid:episode>/tried/": THERAPIST,
    "strategies/": THERAPIST,
    "strategies/followed/": SUPERVISOR,
    "strategies/read/<slug:strategy>/": THERAPIST,
    "clients/<uuid:episode>/strategies/": THERAPIST,
    "clients/<uuid:episode>/strategies/<slug:strategy>/": THERAPIST,
    "me/goals/": CLIENT,
    "c/<str:secret>/goals": Page(NOBODY, goals_by_link),
    "tablet/goals": Page("therapist", goals_on_tablet),
    "me/voice": CLIENT,
    "me/voice/ways": CLIENT,
    "me/formulation": CLIENT,
    "c/<str:secret>/brought": Page(NOBODY, with_a_code),
    "clients/<uuid:episode>/formulation/": THERAPIST,
    "clients/<uuid:episode>/formulation/<str:lens>/": THERAPIST,
    "words/": MANAGER,
    "words/<uuid:word>/": MANAGER,
}
ALSO: Mapping[str, Page] = {
    "goals that a client writes": Page("writer", lambda page, _site: page.goto("/me/goals/")),
    "goals that a therapist writes": Page("therapist", at("goals", "writing")),
    "a code to scan": Page("therapist", invited("qr")),
    "answering from one's own page": Page("client", at("own_checkin", "due")),
    "all questions on one page": Page(NOBODY, on_one_page),
    "asked for a yes first": Page(NOBODY, asked_first),
    "a no is fine": Page(NOBODY, said_no),
    "something was low": Page(NOBODY, low),
    "someone who has left": Page("leaver", lambda page, _site: page.goto("/"), 403),
    "nothing there": Page("therapist", lambda page, _site: page.goto("/nothing/here"), 404),
    "not open to you": Page("therapist", lambda page, _site: page.goto("/people/"), 403),
    "a link that does not work": Page(NOBODY, lambda page, _site: page.goto("/c/unknown"), 404),
    "nothing on the tablet": Page(NOBODY, lambda page, _site: page.goto("/tablet")),
}
TROUBLE = ("400", "403_csrf", "413", "429", "500", "503")

POSTED = "takes what a form sends, and leads back to a page"
FILE, MACHINE = "hands out a file", "is read by a program"
NO_PAGE: Mapping[str, str] = {
    "service/figures/": "leads back to the page of the service",
    "service/figures.zip": FILE,
    "": "leads on to the first page of one's role",
    "account/password/set/": "leads on: everybody here has a password",
    "account/2fa/recovery-codes/download/": FILE,
    "account/2fa/webauthn/login/": MACHINE,
    "stay": MACHINE,
    "alive": MACHINE,
    "ready": MACHINE,
    "language": POSTED,
    "break-glass/<uuid:opened>/close": POSTED,
    "break-glass/<uuid:opened>/review": POSTED,
    "me/asked": POSTED,
    "me/check-ins/<int:checkin>/voice": POSTED,
    "c/<str:secret>/voice": POSTED,
    "tablet/voice": POSTED,
    "matters/<uuid:matter>": POSTED,
    "me/check-ins/<int:checkin>/open": POSTED,
    "me/check-ins/<int:checkin>/share": POSTED,
    "me/rights/export": FILE,
    "sessions/<int:session>/change": POSTED,
    "check-ins/<int:checkin>/revoke": POSTED,
    "check-ins/<int:checkin>/tablet": POSTED,
    "clients/<uuid:episode>/take-on/": POSTED,
    "clients/<uuid:episode>/course.pdf": FILE,
    "clients/<uuid:episode>/course.csv": FILE,
    "clients/<uuid:episode>/goals/change": POSTED,
    "clients/<uuid:episode>/tried/mark": POSTED,
    "clients/<uuid:episode>/tried/wish": POSTED,
    "strategies/school": POSTED,
    "clients/<uuid:episode>/goals/tablet": POSTED,
    "alerts/<uuid:alert>/step/": POSTED,
    "audit/check": POSTED,
    "imports/new/<uuid:upload>/apply/": POSTED,
    "imports/new/<uuid:upload>/cancel/": POSTED,
}
