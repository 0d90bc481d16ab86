"""Django's settings for tests: made-up keys, a cheap hash, and a database of its own."""

import os
import tempfile

STATE = tempfile.mkdtemp(prefix="attunement-tests-")
for name in [name for name in os.environ if name.startswith("ATTUNEMENT_")]:
    if name not in {"ATTUNEMENT_TEST_DATABASE", "ATTUNEMENT_REFERENCE_DATA"}:
        del os.environ[name]
os.environ |= {
    "ATTUNEMENT_STATE": STATE,
    "ATTUNEMENT_DATABASE": os.environ.get("ATTUNEMENT_TEST_DATABASE", ""),
    "ATTUNEMENT_SECRET_KEY": "for tests alone " * 4,
    "ATTUNEMENT_KEYS": "test:" + "A" * 43 + "=",
    "ATTUNEMENT_AUDIT_KEY": "B" * 43 + "=",
}

from attunement.clinic.conf.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MIDDLEWARE.remove("whitenoise.middleware.WhiteNoiseMiddleware")  # noqa: F405
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # In a file, so that a test and the server that it looks at have a connection each, as in life.
    DATABASES["default"]["TEST"] = {"NAME": f"{STATE}/tests.sqlite3"}  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # noqa: F405
