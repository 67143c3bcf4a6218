"""`python -m tests.staff.provider_process CLIENT_ID SECRET RETURNS_TO`: a small OpenID Connect provider of its own.

It prints its issuer, then answers until it is ended. Whoever comes to its sign-in is signed in as the person that the
last `POST /next` named, with the faults named there: claims to alter, times to shift, a hidden key.
"""

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

CLIENT_ID, SECRET, RETURNS_TO = sys.argv[1:]
PUBLISHED, HIDDEN = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
NEXT: dict[str, Any] = {}
CODES: dict[str, dict[str, str]] = {}


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(claims: dict[str, Any], key: ec.EllipticCurvePrivateKey, algorithm: str) -> str:
    head = encoded(json.dumps({"alg": algorithm, "kid": "1"}).encode())
    text = f"{head}.{encoded(json.dumps(claims).encode())}"
    if algorithm == "none":
        return f"{text}."
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{encoded(r.to_bytes(32) + s.to_bytes(32))}"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        """Says nothing: its output is its issuer."""

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        numbers = PUBLISHED.public_key().public_numbers()
        point = {"x": encoded(numbers.x.to_bytes(32)), "y": encoded(numbers.y.to_bytes(32))}
        match parts.path:
            case "/.well-known/openid-configuration":
                places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
                said = {name: f"{self.issuer}/{place}" for name, place in places.items()}
                self._say({"issuer": self.issuer} | said | NEXT.get("configuration", {}))
            case "/keys":
                self._say({"keys": [{"kty": "EC", "crv": "P-256", "kid": "1", "use": "sig", "alg": "ES256", **point}]})
            case "/authorize" if (query["client_id"], query["redirect_uri"]) == (CLIENT_ID, RETURNS_TO):
                assert (query["response_type"], query["scope"]) == ("code", "openid")
                assert query["code_challenge_method"] == "S256"
                code = secrets.token_urlsafe(16)
                CODES[code] = query
                self.send_response(302)
                self.send_header("Location", f"{RETURNS_TO}?{urlencode({'code': code, 'state': query['state']})}")
                self.end_headers()
            case _:
                self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/next":
            NEXT.clear()
            NEXT.update(json.loads(body))
            return self._say({})
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        asked = CODES.pop(form["code"], None)
        login = base64.b64encode(f"{quote_plus(CLIENT_ID)}:{quote_plus(SECRET)}".encode()).decode()
        if asked is None or self.headers["Authorization"] != f"Basic {login}":
            return self._say({"error": "invalid_grant"}, status=400)
        if encoded(hashlib.sha256(form["code_verifier"].encode()).digest()) != asked["code_challenge"]:
            return self._say({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "nobody", "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        claims |= {"nonce": asked["nonce"], "name": "Ingrid Invented", "email": "ingrid@city.invalid"}
        claims |= NEXT.get("claims", {})
        claims |= {name: claims[name] + seconds for name, seconds in NEXT.get("later", {}).items()}
        claims = {name: value for name, value in claims.items() if value is not None}
        key = HIDDEN if NEXT.get("hidden_key") else PUBLISHED
        return self._say({"id_token": signed(claims, key, NEXT.get("algorithm", "ES256")), "access_token": "unused"})

    def _say(self, answer: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
