"""User names: the one form in which they are kept, asked for, and counted when a password is wrong."""

from __future__ import annotations

import re

_USER_NAME = re.compile(r"[a-z0-9._@+-]{3,254}")


def user_name(typed: str) -> str:
    """As it is kept: in small letters, without blanks around it. Empty where no account can be called so."""
    name = typed.strip().lower()
    return name if _USER_NAME.fullmatch(name) and not name.isdigit() else ""


def name_tried(_request: object, credentials: dict[str, str] | None) -> str:
    """The name under which a wrong password is counted, however it was typed (a setting of django-axes)."""
    return user_name((credentials or {}).get("username") or "")
