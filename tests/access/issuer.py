"""An OpenID Connect issuer, played at its HTTP edge: it checks what it is asked as issuers do."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "reknock", "s3cret/with:signs"


class Issuer:
    """`claims` is who signs in there; what is set wrong makes it a bad one."""

    def __init__(self, address: str) -> None:
        self.address = self.named = address
        self.key = self.signs_with = RSAKey.generate_key(2048, {"kid": "k1"})
        self.claims: dict[str, Any] = {"email": "ben@example.com", "email_verified": True}
        self.userinfo: dict[str, Any] = {"sub": "u-1"}
        self.overrides: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.calls: list[str] = []

    def authorize(self, location: str) -> str:
        """What a browser is sent back to, once somebody has signed in there."""
        where = urlsplit(location)
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        assert f"{where.scheme}://{where.netloc}{where.path}" == f"{self.address}/authorize"
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        assert len(query["state"]) >= 20
        assert len(query["nonce"]) >= 20
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The answer of the token endpoint; a code is good once."""
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if authorization != f"Basic {basic}":
            return 401, {"error": "invalid_client"}
        if not asked or proof != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.address,
            "sub": "u-1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.claims,
            **self.overrides,
        }
        head = {"alg": "RS256", "kid": self.signs_with.kid}
        signed = jwt.encode(head, claims, self.signs_with)
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": signed}

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        match path:
            case "/.well-known/openid-configuration":
                return 200, {
                    "issuer": self.named,
                    "authorization_endpoint": f"{self.address}/authorize",
                    "token_endpoint": f"{self.address}/token",
                    "userinfo_endpoint": f"{self.address}/userinfo",
                    "jwks_uri": f"{self.address}/keys",
                    "id_token_signing_alg_values_supported": ["RS256"],
                    "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                }
            case "/keys":
                return 200, {"keys": [self.key.as_dict(private=False)]}
            case "/userinfo":
                return 200, self.userinfo
        return 404, {}


@contextmanager
def playing() -> Iterator[Issuer]:
    """One on this machine."""

    class Edge(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer(*issuer.get(self.path))

        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(raw).items()}
            self._answer(*issuer.token(form, self.headers.get("Authorization", "")))

        def _answer(self, status, document):
            issuer.calls.append(self.path)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Edge)
    issuer = Issuer(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
