"""Send one e-mail.

Exactly once is more than SMTP can promise. What is promised: an e-mail is not sent unless what it
tells of was committed; it is sent at least once, unless given up visibly after several tries; and
where the worker is killed between the server's yes and noting it, a second copy goes out under
the same Message-ID, by which mail programs know it for a copy.
"""

import hashlib

from django.conf import settings
from django.core.mail import EmailMessage

from attunement.clinic.conf.environment import environment


def send(*, to: str, subject: str, text: str, key: str) -> None:
    """Send a plain text under an identity that follows from the job's key."""
    host = environment().address.partition("://")[2].partition("/")[0].partition(":")[0]
    name = hashlib.sha256(f"{settings.SECRET_KEY}:{key}".encode()).hexdigest()[:40]
    EmailMessage(
        subject=subject,
        body=text,
        to=[to],
        headers={
            "Message-ID": f"<{name}@{host or 'localhost'}>",
            "Auto-Submitted": "auto-generated",
        },
    ).send()
