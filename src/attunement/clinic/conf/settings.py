"""Django's settings, from the environment."""

from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from attunement.clinic.conf.environment import DATABASE, Mode, environment
from attunement.clinic.conf.mail import mail_settings
from attunement.clinic.conf.safety import refuse_unsafe
from attunement.clinic.running.log import logging_config

HERE = Path(__file__).resolve().parent.parent
ENV = environment()
refuse_unsafe(ENV)

SECRET_KEY = ENV.secret_key.get_secret_value()
DEBUG = False
ALLOWED_HOSTS = [*(host.strip() for host in ENV.hosts.split(",")), "127.0.0.1"]
ADDRESS = ENV.address.rstrip("/")
SECURE = ADDRESS.startswith("https://")

INSTALLED_APPS = [
    "attunement.clinic.people",
    "attunement.clinic.audit",
    "attunement.clinic.privacy",
    "attunement.clinic.checkins",
    "attunement.clinic.noticing",
    "attunement.clinic.caseload",
    "attunement.clinic.goals",
    "attunement.clinic.guidance",
    "attunement.clinic.voice",
    "attunement.clinic.formulation",
    "attunement.clinic.service",
    "attunement.clinic.drift",
    "attunement.clinic.exchange",
    "attunement.clinic.jobs",
    "attunement.clinic.running",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
]

MIDDLEWARE = [
    "attunement.clinic.running.log.requests",
    "attunement.clinic.running.trouble.trouble",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "attunement.clinic.running.limits.body_limit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "attunement.clinic.people.middleware.actor",
    "attunement.clinic.people.middleware.own_language",
    "attunement.clinic.people.middleware.session_limits",
    "attunement.clinic.people.middleware.second_factor",
    "attunement.clinic.people.middleware.unknown_links",
]

ROOT_URLCONF = "attunement.clinic.conf.urls"
WSGI_APPLICATION = "attunement.clinic.conf.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "attunement.clinic.people.context.house",
            ],
        },
    }
]

LONGEST_WAIT = 20  # seconds for what somebody else holds; then the page says "try again"
database = dj_database_url.parse(ENV.database or f"sqlite:///{ENV.state.resolve() / DATABASE}")
given = database.get("OPTIONS", {})
database["OPTIONS"] = given | (
    {
        "transaction_mode": "IMMEDIATE",
        "timeout": LONGEST_WAIT,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
    if database["ENGINE"] == "django.db.backends.sqlite3"
    else {
        "options": f"{given.get('options', '')} -c lock_timeout={LONGEST_WAIT}s",
        "pool": {"min_size": 1, "max_size": 10, "timeout": 10},
        "server_side_binding": True,
        "prepare_threshold": 3,
    }
)
DATABASES = {"default": database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "people_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},  # past it, counts of failed sign-ins are forgotten
    },
    "memory": {  # of one process: what can be worked out again, by what it was worked out from
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
]

ACCOUNT_ADAPTER = "attunement.clinic.people.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Many people share a clinic's address: tight by account, generous by address.
ACCOUNT_FORMS = {
    "login": "attunement.clinic.people.sign_in_forms.SignIn",
    "reset_password": "attunement.clinic.people.sign_in_forms.ForgottenPassword",
}
ACCOUNT_RATE_LIMITS = {
    "login": "1000/m/ip",
    "login_failed": "300/m/ip,8/10m/key",
    "login_everywhere": "300/h/key",
    "reset_password": "100/m/ip,5/h/key",
    "reset_password_from_key": "200/m/ip",
    "unknown_link": "300/10m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.proxies
SECOND_FACTOR = ENV.require_mfa or ENV.mode is Mode.CLINIC
MFA_ADAPTER = "attunement.clinic.people.accounts.SecondFactorAdapter"
MFA_FORMS = {"add_webauthn": "attunement.clinic.people.sign_in_forms.AddPasskey"}
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Attunement"
MFA_TOTP_TOLERANCE = 1
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

SESSION_COOKIE_AGE = ENV.session_minutes * 60
SESSION_HOURS = 12
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [ADDRESS]

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = ["^alive$", "^ready$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.proxies else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("de", _("German"))]
LOCALE_PATHS = [HERE / "locale"]
FORMAT_MODULE_PATH = ["attunement.clinic.conf.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = ENV.state.resolve() / "static"
STATICFILES_DIRS = [HERE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

DEFAULT_FROM_EMAIL = ENV.mail_from
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = ENV.state.resolve() / "mail"
if ENV.mail:
    globals().update(mail_settings(ENV.mail))

LOGGING = logging_config(ENV.log_level.upper())

SYNTHETIC = ENV.mode is Mode.DEMO
