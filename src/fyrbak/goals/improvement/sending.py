"""Sending the weekly letter: to each person once a week, what waits for them; nothing where nothing waits.

The log decides who has had theirs: a letter is entered as sent and then handed to the server in one
transaction, so that of two runs at the same time only one sends, and a letter that the server refused is
entered as failed and tried again by the next run. Should the machine stop between the server's yes and the
log, the letter goes out once more with the same Message-ID, by which mail programs know it again.
"""

from __future__ import annotations

import smtplib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction

from fyrbak.access.models import Account
from fyrbak.access.seat import seated
from fyrbak.access.selectors import roles_of
from fyrbak.goals.improvement.digest import Item, waiting_for
from fyrbak.goals.improvement.models import LetterChoice, SentDigest
from fyrbak.goals.improvement.post import sender, why_not


@dataclass(frozen=True)
class Reader:
    """Somebody whom something waits for, and the language of the letter."""

    account: Account
    lang: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Letter:
    """A letter in words. ``said`` is what the log keeps of it: one plain object for each thing that waits."""

    subject: str
    text: str
    html: str
    said: tuple[dict[str, str], ...]


HAD = "had"  # another run has sent it
Compose = Callable[[Reader, date], Letter]


def monday_of(on: date) -> date:
    """The Monday of a day's week."""
    return on - timedelta(days=on.weekday())


def choice_of(account: int) -> LetterChoice:
    """How somebody wants the letter: as chosen, else every week in Swedish."""
    return LetterChoice.objects.filter(account=account).first() or LetterChoice(account_id=account)


def choose(*, account: int, pace: LetterChoice.Pace, lang: str) -> LetterChoice:
    """Choose how to have the letter."""
    choice, _ = LetterChoice.objects.update_or_create(
        account_id=account, defaults={"pace": pace, "lang": lang}
    )
    return choice


def readers(on: date) -> Iterator[Reader]:
    """Those who want a letter, have not had this week's, and have something waiting for them."""
    had = SentDigest.objects.filter(week=monday_of(on), outcome=SentDigest.Outcome.SENT).values("account")
    off = LetterChoice.objects.filter(pace=LetterChoice.Pace.OFF).values("account")
    wanting = Account.objects.filter(is_active=True).exclude(email="").exclude(pk__in=had).exclude(pk__in=off)
    langs = dict(LetterChoice.objects.values_list("account", "lang"))
    for account in wanting:
        items = _waiting(account, on)
        if items:
            yield Reader(account, langs.get(account.pk, "sv"), tuple(items))


def _waiting(account: Account, on: date) -> list[Item]:
    """What waits for somebody, asked in each of the roles held as if they had signed in themselves."""
    actors = []
    for held in roles_of(account.pk, on):
        with seated(account.pk, held.pk) as seat:
            if seat and seat.held == held.pk:
                actors.append(seat.actor)
    return waiting_for(actors, on)


def send(*, on: date, at: datetime, compose: Compose, connection: Any) -> Counter[str]:
    """Send this week's letters; return how many were ``sent`` and how many ``failed``.

    Where no connection can be opened every letter fails for the same reason, without being tried.
    """
    told: Counter[str] = Counter()
    closed = _opening(connection)
    for reader in readers(on):
        why = closed or _sent(reader, compose(reader, on), monday_of(on), at, connection)
        if why == HAD:
            continue
        if why:
            SentDigest.objects.create(
                account=reader.account,
                week=monday_of(on),
                outcome=SentDigest.Outcome.FAILED,
                reason=why,
                at=at,
            )
        told["failed" if why else "sent"] += 1
    connection.close()
    return told


def _opening(connection: Any) -> str:
    """Why the connection does not open; empty when it does."""
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        return why_not(error)
    return ""


def _sent(reader: Reader, letter: Letter, week: date, at: datetime, connection: Any) -> str:
    """Enter one letter as sent and send it. Return why it was not, HAD if another run did, else nothing."""
    message = EmailMultiAlternatives(
        letter.subject, letter.text, sender(), [reader.account.email], connection=connection,
        headers={"Message-ID": f"<{week:%G-W%V}-{reader.account.pk}@{sender().partition('@')[2]}>",
                 "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    message.attach_alternative(letter.html, "text/html")
    try:
        with transaction.atomic():
            SentDigest.objects.create(
                account=reader.account,
                week=week,
                outcome=SentDigest.Outcome.SENT,
                items=list(letter.said),
                at=at,
            )
            message.send()
    except IntegrityError:
        return HAD
    except (smtplib.SMTPException, OSError) as error:
        connection.close()  # the next letter opens it anew
        return why_not(error)
    return ""
