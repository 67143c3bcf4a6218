"""Response headers of every page and answer: content security policy, no caching, no referrer."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

POLICY = {
    "default-src": "'none'",
    "script-src": "'nonce-{nonce}' 'strict-dynamic'",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "font-src": "'self'",
    "media-src": "'self' blob:",
    "connect-src": "'self'",
    "frame-src": "blob:",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def policy_with_decoder(*, nonce: str) -> str:
    """The policy of a page that reads QR codes: it may compile the vendored decoder, which asks nobody."""
    return _policy(nonce).replace("'strict-dynamic'", "'strict-dynamic' 'wasm-unsafe-eval'")


def _policy(nonce: str) -> str:
    return "; ".join(f"{name} {value}" for name, value in POLICY.items()).format(nonce=nonce)


def nonce(request: HttpRequest) -> dict[str, str]:
    """Template context: the nonce that each script element of the page carries."""
    return {"csp_nonce": request.csp_nonce}  # type: ignore[attr-defined]


def of_answers() -> dict[str, str]:
    """The headers of an answer without scripts."""
    return {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        # Nothing reaches other sites; "no-referrer" would make browsers send `Origin: null`, which CSRF checks refuse.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
        # Empty, because granian names itself in an answer without this header.
        "Server": "",
    }


class SecurityHeaders:
    """Middleware that gives each answer the policy with a fresh nonce, and `no-store` unless it chose otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _policy(request.csp_nonce))  # type: ignore[attr-defined]
        for name, value in of_answers().items():
            response.headers.setdefault(name, value)
        return response
