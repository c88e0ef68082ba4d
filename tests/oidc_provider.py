"""A small OpenID Connect provider in a process of its own, for the tests of signing in.

``python oidc_provider.py BACK`` serves on a free port of this machine and writes its address. It knows one
client, which may be sent back to ``BACK``, and shows whoever comes a page that asks who it is. Some of its
people make it misbehave: for ``nonce`` it answers with another nonce, for ``expired`` with a token that has
passed, for ``elsewhere`` with one that is meant for another client.
"""

from __future__ import annotations

import html
import json
import secrets
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import RSAKey
from waitress import create_server

CLIENT, SECRET = "fyrbak", "bara-for-proven"
PEOPLE: dict[str, dict[str, Any]] = {
    "ada": {"sub": "p-1", "email": "ada@region.example", "email_verified": True},
    "doubtful": {"sub": "p-2", "email": "ada@region.example", "email_verified": False},
    "stranger": {"sub": "p-3", "email": "ingen@region.example", "email_verified": True},
    "nonce": {"sub": "p-1"},
    "expired": {"sub": "p-1"},
    "elsewhere": {"sub": "p-1"},
}
_KEY = RSAKey.generate_key(2048, {"kid": "prov"})
_codes: dict[str, _Code] = {}


@dataclass(frozen=True)
class _Person:
    name: str

    def get_user_id(self) -> str:
        return self.name


@dataclass(frozen=True)
class _Code:
    """An authorization code, as Authlib asks about it."""

    code: str
    person: _Person
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return "en annan" if self.person.name == "nonce" else self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class _Client(ClientMixin):
    """The one client: these pages."""

    def __init__(self, back: str) -> None:
        self.back = back

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.back

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.back

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class _Grant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        asked = request.payload.data
        _codes[code] = _Code(
            code, request.user, asked["redirect_uri"], asked["scope"], asked["nonce"],
            asked["code_challenge"], asked["code_challenge_method"],
        )  # fmt: skip

    def query_authorization_code(self, code: str, _client: _Client) -> _Code | None:
        return _codes.get(code)

    def delete_authorization_code(self, authorization_code: _Code) -> None:
        del _codes[authorization_code.code]

    def authenticate_user(self, authorization_code: _Code) -> _Person:
        return authorization_code.person


class _OpenID(OpenIDCode):
    def __init__(self, issuer: str) -> None:
        super().__init__(require_nonce=True)
        self.issuer = issuer

    def exists_nonce(self, nonce: str, _request: OAuth2Request) -> bool:
        return any(code.nonce == nonce for code in _codes.values())

    def resolve_client_private_key(self, _client: _Client) -> RSAKey:
        return _KEY

    def get_client_algorithm(self, _client: _Client) -> str:
        return "RS256"

    def get_client_claims(self, _client: _Client) -> dict[str, Any]:
        return {"iss": self.issuer}

    def get_encode_header(self, _client: _Client) -> dict[str, Any]:
        return {"alg": "RS256", "kid": "prov"}

    def get_compatible_claims(self, request: OAuth2Request) -> dict[str, Any]:
        now, name = int(time.time()), request.user.name
        made = now - 7200 if name == "expired" else now
        audience = "nagon-annan" if name == "elsewhere" else CLIENT
        return {"iss": self.issuer, "aud": [audience], "iat": made, "exp": made + 3600}

    def generate_user_info(self, user: _Person, _scope: str) -> dict[str, Any]:
        return PEOPLE[user.name]


class _Server(AuthorizationServer):
    """Authlib's provider over plain WSGI."""

    def __init__(self, back: str) -> None:
        super().__init__(scopes_supported=["openid", "email"])
        self.client = _Client(back)
        token = BearerTokenGenerator(lambda **_: secrets.token_urlsafe())
        self.register_token_generator("default", token)

    def query_client(self, client_id: str) -> _Client | None:
        return self.client if client_id == CLIENT else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Nothing is asked with the token afterwards."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: dict[str, Any]) -> OAuth2Request:
        made = OAuth2Request(request["method"], request["uri"], headers=request["headers"])
        made.payload = BasicOAuth2Payload(request["asked"])
        type(made).form = property(lambda one: one.payload.data)
        return made

    def handle_response(self, status: int, body: object, headers: list[tuple[str, str]]) -> tuple[Any, ...]:
        text = json.dumps(body) if isinstance(body, dict) else str(body)
        return status, text, headers


class Provider:
    """The provider's pages."""

    def __init__(self, back: str) -> None:
        self.server = _Server(back)
        self.issuer = ""

    def at(self, issuer: str) -> None:
        """Say where it is served; only then it can name itself."""
        self.issuer = issuer
        extensions = [CodeChallenge(required=True), _OpenID(issuer)]
        self.server.register_grant(_Grant, extensions)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        asked = dict(parse_qsl(environ.get("QUERY_STRING", "")) + parse_qsl(body))
        request = {
            "method": environ["REQUEST_METHOD"],
            "uri": f"{self.issuer}{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}",
            "headers": {"Authorization": environ.get("HTTP_AUTHORIZATION", "")},
            "asked": asked,
        }
        status, text, headers = self._answer(environ["PATH_INFO"], request, asked)
        start(f"{status} .", [(str(name), str(value)) for name, value in headers])
        return [text.encode()]

    def _answer(self, path: str, request: dict[str, Any], asked: dict[str, str]) -> tuple[Any, ...]:
        as_json = [("Content-Type", "application/json")]
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps(self._described()), as_json
        if path == "/jwks":
            return 200, json.dumps({"keys": [_KEY.as_dict(private=False)]}), as_json
        if path == "/token":
            return self.server.create_token_response(request)
        if path == "/authorize" and "who" not in asked:
            return 200, self._who(asked), [("Content-Type", "text/html; charset=utf-8")]
        if path == "/authorize":
            person = _Person(asked.pop("who"))
            grant = self.server.get_consent_grant(request, person)
            return self.server.create_authorization_response(request, grant_user=person, grant=grant)
        return 404, "", []

    def _described(self) -> dict[str, object]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def _who(self, asked: dict[str, str]) -> str:
        links = "".join(
            f'<p><a href="/authorize?{html.escape(urlencode(asked | {"who": name}))}">{name}</a></p>'
            for name in PEOPLE
        )
        head = "<!doctype html><html lang=sv><link rel=icon href='data:,'><title>Vem är du?</title>"
        return f"{head}<h1>Vem är du?</h1>{links}</html>"


if __name__ == "__main__":
    import os

    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # on this machine alone
    provider = Provider(sys.argv[1])
    served = create_server(provider, host="127.0.0.1", port=0, threads=2)
    address = f"http://127.0.0.1:{served.effective_port}"
    provider.at(address)
    print(address, flush=True)  # noqa: T201 - whoever started it reads this
    served.run()
