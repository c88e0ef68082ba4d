"""``POST /api/fhir``: another system sends FHIR; ``GET /api/fhir/<key>``: what became of it.

A message is read whole and kept; it lands when ``fyrbak register inbox`` is run. The sender is an account
with a password, sent with every message (HTTP Basic over an encrypted connection), whose role may register
events or write the register. Sessions count for nothing, so no page elsewhere can send in somebody's name.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from fyrbak.access.actor import Actor
from fyrbak.access.roles import DEEDS, Deed, Role
from fyrbak.access.seat import seated
from fyrbak.access.selectors import roles_of
from fyrbak.errors import BadInputError
from fyrbak.records.fhir.mapping import Listed
from fyrbak.registers.inbox.models import Message
from fyrbak.registers.inbox.services import LARGEST, checked, receive

_TYPES = ("application/fhir+json", "application/json")
_TOLD = 100  # resources that are told of in an answer
_SENDS = (Deed.WRITE_REGISTER, Deed.REGISTER_EVENTS)
Answer = Callable[[HttpRequest, Actor], JsonResponse]


@csrf_exempt
@never_cache
def send(request: HttpRequest) -> JsonResponse:
    """Take a message: 202 if it is kept, 4xx with what is wrong, where, and how to mend it."""
    if request.method != "POST":
        return _refused(405, "not-supported", "Messages are sent with POST.", {"Allow": "POST"})
    return _as_sender(request, _send)


@csrf_exempt
@never_cache
def message(request: HttpRequest, key: UUID) -> JsonResponse:
    """What became of a message."""
    if request.method != "GET":
        return _refused(405, "not-supported", "What became of a message is asked with GET.", {"Allow": "GET"})
    return _as_sender(request, lambda _request, _actor: _became(key))


def _as_sender(request: HttpRequest, answer: Answer) -> JsonResponse:
    """Answer whoever the message says it comes from, seated in a role that may send."""
    try:
        account = authenticate(request, **_credentials(request))
    except PermissionDenied:
        return _refused(429, "throttled", "Too many wrong passwords. Try again in a quarter of an hour.")
    if account is None:
        told = "Say who sends: an account and its password, as HTTP Basic."
        return _refused(401, "login", told, {"WWW-Authenticate": 'Basic realm="fyrbak"'})
    with seated(account.pk):
        held = [one.pk for one in roles_of(account.pk, localdate()) if {*_SENDS} & DEEDS[Role(one.role)]]
    if held:
        with seated(account.pk, held[0]) as seat:
            if seat is not None and any(seat.actor.may(deed) for deed in _SENDS):
                return answer(request, seat.actor)
    told = "The account's role may not send messages. Ask an administrator for one that may."
    return _refused(403, "forbidden", told)


def _credentials(request: HttpRequest) -> dict[str, str]:
    kind, _, told = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return {"username": "", "password": ""}
    try:
        name, _, password = base64.b64decode(told, validate=True).decode().partition(":")
    except ValueError:  # not base64, or no text in it
        return {"username": "", "password": ""}
    return {"username": name, "password": password}


def _send(request: HttpRequest, actor: Actor) -> JsonResponse:
    if (
        request.content_type not in _TYPES
        or request.headers.get("Content-Encoding", "identity") != "identity"
    ):
        return _refused(415, "not-supported", f"Send {_TYPES[0]}, not packed.")
    content = request.read(LARGEST + 1)
    if len(content) > LARGEST:
        return _refused(413, "too-long", f"A message has at most {LARGEST >> 20} MB. Send several.")
    try:
        message = checked(content)
    except BadInputError as error:
        return _refused(400, "structure", str(error))
    count, listed = message.resources, message.listed
    if len(listed) == count:
        return JsonResponse(_outcome(map(_issue, listed[:_TOLD])), status=422)
    kept = receive(content=content, organisation=actor.organisation, by_name=actor.name, at=now())
    told = f"{count - len(listed)} of {count} resources are kept, and land when messages are taken in."
    answer = _outcome([_information(told), *map(_issue, listed[:_TOLD])])
    return JsonResponse(answer, status=202, headers={"Location": reverse("fhir_message", args=[kept.key])})


def _became(key: UUID) -> JsonResponse:
    found = Message.objects.defer("content").select_related("outcome").filter(key=key).first()
    if found is None:
        return _refused(404, "not-found", "There is no such message, or it is another's.")
    if not hasattr(found, "outcome"):
        return JsonResponse(_outcome([_information("The message waits to be taken in.")]))
    outcome = found.outcome
    if outcome.fault:
        return JsonResponse(_outcome([_error("structure", outcome.fault)]))
    told = (
        f"{outcome.landed} rows landed, {outcome.unchanged} were known, {outcome.refused} were refused;"
        f" {outcome.listed} resources became no row."
    )
    return JsonResponse(_outcome([_information(told)]))


def _outcome(issues: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": list(issues)}


def _information(told: str) -> dict[str, Any]:
    return {"severity": "information", "code": "informational", "diagnostics": told}


def _error(code: str, told: str) -> dict[str, Any]:
    return {"severity": "error", "code": code, "diagnostics": told}


def _issue(one: Listed) -> dict[str, Any]:
    """A resource that becomes no record: what, where, and how to mend it."""
    severity = "warning" if one.mendable else "information"
    where = [f"{one.key}: {one.field}"] if one.key else [one.field]
    return {"severity": severity, "code": "not-supported", "diagnostics": one.en, "expression": where}


def _refused(status: int, code: str, told: str, headers: dict[str, str] | None = None) -> JsonResponse:
    return JsonResponse(_outcome([_error(code, told)]), status=status, headers=headers or {})
