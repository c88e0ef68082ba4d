"""Signing in through an OpenID Connect provider: authorization code with PKCE, state and nonce.

The provider says who it is; what they may do stands in the roles that an account holds here. So nobody gets
an account by signing in: an account has to be there, with the provider's own name for the person, or with a
user name that is the e-mail address which the provider has verified. Its own name is then kept, and used
from there on.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from joserfc.errors import JoseError
from requests import RequestException

from fyrbak.access.selectors import account_by_provider
from fyrbak.access.services import know_subject
from fyrbak.web.access.kept_form import KEPT
from fyrbak.web.access.views import login_page, next_address, signed_in
from fyrbak.web.allowed import Request

_PATIENCE = 10  # seconds for each answer of the provider
_ON_TO = "on_to"  # the session's names for what is taken up again when the reader is back
_log = logging.getLogger(__name__)


class _NotToldError(Exception):
    """The provider did not say who it is."""


@never_cache
@require_POST
def begin(request: Request) -> HttpResponse:
    """Send the reader to the provider, and remember where to go on."""
    request.session[_ON_TO] = next_address(request)
    request.session[KEPT] = request.POST.get(KEPT, "")
    try:
        back = request.build_absolute_uri(reverse("oidc_back"))
        answer: HttpResponse = _provider().authorize_redirect(request, back)
    except (OAuthError, RequestException, ValueError, KeyError, RuntimeError) as error:
        return _refused(request, "access.oidc.down", error)
    return answer


@never_cache
def back(request: Request) -> HttpResponse:
    """Take the reader back from the provider, and sign in whom it names."""
    try:
        claims = _claims(request)
    except RequestException as error:
        return _refused(request, "access.oidc.down", error)
    except (OAuthError, JoseError, _NotToldError, ValueError, KeyError, RuntimeError) as error:
        return _refused(request, "access.oidc.unproven", error)
    verified = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
    account = account_by_provider(subject=str(claims["sub"]), email=verified)
    if account is None:
        return _refused(request, "access.oidc.unknown", None)
    know_subject(account=account, subject=str(claims["sub"]))
    on_to, kept = request.session.pop(_ON_TO, "/"), request.session.pop(KEPT, "")
    return signed_in(request, account, kept=kept, on_to=on_to)


def _claims(request: Request) -> dict[str, Any]:
    """What the provider says of who it is, when signature, issuer, audience, time and nonce are right."""
    wanted = {"iss": settings.OIDC_ISSUER, "aud": settings.OIDC_CLIENT}
    token = _provider().authorize_access_token(
        request,
        claims_options={claim: {"essential": True, "value": value} for claim, value in wanted.items()},
    )
    claims: dict[str, Any] | None = token.get("userinfo")
    if not claims or not claims.get("sub"):
        raise _NotToldError
    return claims


def _refused(request: Request, problem: str, error: Exception | None) -> HttpResponse:
    """The login page with one clear line. The log gets the kind of fault, and nothing of the person."""
    _log.warning("OpenID Connect: %s (%s)", problem, type(error).__name__ if error else "no account")
    return login_page(request, problem=problem, status=401)


def _provider() -> DjangoOAuth2App:
    return _registered(settings.OIDC_ISSUER, settings.OIDC_CLIENT, settings.OIDC_SECRET)


@cache
def _registered(issuer: str, client: str, secret: str) -> DjangoOAuth2App:
    """The provider as the environment describes it; its own description is asked for when first needed."""
    return OAuth().register(
        "provider",
        client_id=client,
        client_secret=secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "default_timeout": _PATIENCE,
        },
    )
