"""Sites, people, memberships, clients and episodes of care."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attunement.clinic.people.permissions import Role
from attunement.clinic.privacy.fields import EncryptedTextField

STAFF_ROLES = [
    (Role.THERAPIST, _("Therapist")),
    (Role.SUPERVISOR, _("Supervisor")),
    (Role.MANAGER, _("Manager")),
    (Role.ADMINISTRATOR, _("Administrator")),
]

SETTINGS = (
    "name",
    "language",
    "time_zone",
    "safety_minutes",
    "alert_hours",
    "link_days",
    "retention_months",
)
"""What administrators set of a site by its form."""


class Site(models.Model):
    """A place of care with its own staff, clients and rules."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    crisis_contacts = models.JSONField(
        _("crisis contacts"), default=list, help_text="[{name, phone, hours, about}]"
    )
    safety_minutes = models.PositiveIntegerField(
        _("minutes until a safety alert goes to the supervisor"), default=60
    )
    alert_hours = models.PositiveIntegerField(_("hours until other alerts are overdue"), default=72)
    link_days = models.PositiveIntegerField(_("days for which a check-in link works"), default=7)
    retention_months = models.PositiveIntegerField(
        _("months to keep records after an episode ends"), default=120
    )
    norms = models.JSONField(_("what is usual here, by scale"), default=dict)
    synthetic = models.BooleanField(_("holds no real people"), default=False)

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["Person"]):
    """Makes people who sign in."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "Person":
        """Make a person who signs in with this address."""
        person = self.model(email=self.normalize_email(email).lower(), **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Someone who signs in: staff, or a client who wants an account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=8, default="en")
    one_page = models.BooleanField(_("show all questions on one page"), default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return str(self.pk)

    def get_full_name(self) -> str:
        """Give the name to show."""
        return self.name


class Membership(models.Model):
    """One role of one person at one site."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships", db_index=False)
    site = models.ForeignKey(Site, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=STAFF_ROLES)
    active = models.BooleanField(default=True)
    on_call = models.BooleanField(_("on call for safety alerts"), default=False)
    orientation = models.CharField(_("way of working"), max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "site", "role"], name="one_membership"),
            models.CheckConstraint(
                condition=Q(role__in=[role for role, _name in STAFF_ROLES]), name="known_role"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        """The person's name."""
        return self.person.name


class Supervision(models.Model):
    """Who supervises whom, at one site."""

    supervisor = models.ForeignKey(
        Membership, models.CASCADE, related_name="supervises", db_index=False
    )
    therapist = models.ForeignKey(Membership, models.CASCADE, related_name="supervised_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supervisor", "therapist"], name="one_supervision")
        ]

    def __str__(self) -> str:
        return f"{self.supervisor_id} {self.therapist_id}"


class Client(models.Model):
    """Someone in care. Name and address are encrypted; the code is the site's pseudonym."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="clients", db_index=False)
    code = models.CharField(_("code"), max_length=60)
    name = EncryptedTextField(_("name"), blank=True)
    email = EncryptedTextField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")  # empty: not said
    account = models.OneToOneField(
        Person, models.SET_NULL, null=True, blank=True, related_name="client"
    )
    created_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "code"], name="one_code_per_site")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def shown_name(self) -> str:
        """The name, or the code where no name is known."""
        return self.name or self.code


class Episode(models.Model):
    """One stretch of care of one client with one therapist."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="episodes")
    therapist = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="episodes", db_index=False
    )
    started_on = models.DateField(_("started on"), default=timezone.localdate)
    planned_sessions = models.PositiveIntegerField(_("planned sessions"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "therapist"],
                condition=Q(ended_on__isnull=True),
                name="one_open_episode",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("started_on")),
                name="ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["therapist", "ended_on"], name="caseload")]

    def __str__(self) -> str:
        return str(self.pk)


class BreakGlass(models.Model):
    """Someone opened a record outside their own care relations, for a stated reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="glass_broken")
    client = models.ForeignKey(Client, models.CASCADE, related_name="glass_broken")
    reason = EncryptedTextField(_("reason"))
    opened_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(
        Membership, models.SET_NULL, null=True, blank=True, related_name="glass_reviewed"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | Q(reviewed_at__isnull=False),
                name="reviewed_means_when",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
