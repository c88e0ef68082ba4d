"""How letters leave the house: to any SMTP server, or without one into an outbox of files.

``FYRBAK_SMTP_URL``   ``smtp://``, ``smtp+starttls://`` or ``smtps://``, then ``user:password@host:port``
``FYRBAK_MAIL_FROM``  the address that letters come from (default ``fyrbak@localhost``)
"""

from __future__ import annotations

import os
import re
import smtplib
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from fyrbak import settings
from fyrbak.errors import BadInputError

_PATIENCE = 20  # seconds to wait for a server
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class Outbox(BaseEmailBackend):
    """Each letter as a file in ``<home>/outbox`` that mail programs open."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the letters; one with the same Message-ID takes the place of the one before it."""
        folder = settings.HOME / "outbox"
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = re.sub(r"[^\w.-]", "", str(message.extra_headers["Message-ID"]).partition("@")[0])
            (folder / f"{name}.eml").write_bytes(message.message().as_bytes())
        return len(email_messages)


def sender() -> str:
    """The address that letters come from."""
    return os.environ.get("FYRBAK_MAIL_FROM", "fyrbak@localhost")


def connection() -> Any:
    """A connection to send letters by, not opened yet. Raises BadInputError for an address that is none."""
    given = os.environ.get("FYRBAK_SMTP_URL", "")
    if not given:
        return Outbox()
    try:
        parts = urlsplit(given)
        port = parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise BadInputError(_NOT_AN_ADDRESS) from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not parts.hostname or not f"{user}{password}".isascii():  # all that the protocol's logins can say
        raise BadInputError(_NOT_AN_ADDRESS)
    return get_connection(
        "django.core.mail.backends.smtp.EmailBackend", host=parts.hostname, port=port, timeout=_PATIENCE,
        username=user, password=password,
        use_tls=parts.scheme == "smtp+starttls", use_ssl=parts.scheme == "smtps",
    )  # fmt: skip


# The address is not repeated: it may hold a password.
_NOT_AN_ADDRESS = (
    "FYRBAK_SMTP_URL: write it as smtp://host, smtp+starttls://user:password@host:587 or smtps://..., "
    "with letters a–z, digits and signs alone."
)


def why_not(error: Exception) -> str:
    """The end of the key of the words for why a letter was not sent. What the server said is not repeated."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "password"
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPSenderRefused):
        return "address"
    if isinstance(error, smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError):
        return "unreachable"
    return "refused" if isinstance(error, smtplib.SMTPException) else "unreachable"
