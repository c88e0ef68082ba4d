"""What somebody had typed when the session ended: sealed into the login page, handed back after signing in.

The seal can be broken by this house alone, holds for half a day, and names the account whose session it was,
so that nobody else gets the words. Files cannot be kept; the page says so.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.core.signing import BadSignature, dumps, loads
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from fyrbak.web.allowed import Request

LONGEST = 400_000  # characters of a sealed form; a round's whole answer is far below
LASTS = 12 * 60 * 60
KEPT = "kept"  # the form field, and the session's name for it
WAS = "fyrbak_was"  # the cookie that says whose session it is or was, until that one signs out
_NEVER_KEPT = {"csrfmiddlewaretoken", "password", "password_again", KEPT}


@dataclass(frozen=True)
class KeptForm:
    """A form that was sent too late: to which address, with which fields, by whose browser."""

    account: int
    address: str
    fields: tuple[tuple[str, str], ...]
    had_files: bool

    def sealed(self) -> str:
        """The form as a text that nobody else can read; empty where it is too long to be carried along."""
        plain = json.dumps([self.account, self.address, self.fields, self.had_files])
        token = _key().encrypt(zlib.compress(plain.encode())).decode()
        return token if len(token) <= LONGEST else ""

    @property
    def typed(self) -> list[str]:
        """The words to show: of the fields, those that somebody may have written."""
        return [value for _, value in self.fields if len(value.split()) > 1]


def unsealed(token: str) -> KeptForm | None:
    """The form in a seal; None where there is none, or it is too old."""
    try:
        account, address, fields, had_files = json.loads(
            zlib.decompress(_key().decrypt(token.encode(), ttl=LASTS))
        )
    except (InvalidToken, ValueError, zlib.error):
        return None
    return KeptForm(account, address, tuple((name, value) for name, value in fields), had_files)


def sent_too_late(request: Request) -> KeptForm | None:
    """The form that this request sends, if it is one and it is known whose it is."""
    account = request.actor.account or whose(request)
    if request.method != "POST" or account is None:
        return None
    fields = tuple(
        (name, value) for name, values in request.POST.lists() if name not in _NEVER_KEPT for value in values
    )
    return KeptForm(account, request.get_full_path(), fields, bool(request.FILES))


def whose(request: HttpRequest) -> int | None:
    """The account whose session this browser had last, unless it signed out."""
    try:
        return int(loads(request.COOKIES.get(WAS, ""), salt=WAS))
    except (BadSignature, ValueError):
        return None


def remember(response: HttpResponse, account: int, *, secure: bool) -> None:
    """Let the browser know whose session begins."""
    response.set_cookie(WAS, dumps(account, salt=WAS), httponly=True, samesite="Lax", secure=secure)


def _key() -> Fernet:
    digest = salted_hmac("fyrbak.kept_form", "key", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(digest))
