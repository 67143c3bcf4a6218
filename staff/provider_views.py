"""Signing in by the city's provider: leaving for it, coming back, and linking an account to whom it names."""

import hashlib
import hmac
import secrets
import time

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views import View
from django.views.decorators.http import require_GET

from staff.account_views import PAGE, recent_only
from staff.models import Account, ProviderSubject
from staff.openid import LIFETIME, Errand, ProviderClient, ProviderRefused
from staff.sealing import Unsealable, seal, unseal

COOKIE = "desk_provider"
_PATH = "/sign-in/provider"
_PURPOSE = "errand to the provider"


@require_GET
def leave(request: HttpRequest) -> HttpResponse:
    """GET /sign-in/provider: sends the browser to the provider, for its person to sign in here.

    Not on another site's word: coming back begins a new session and ends the one this browser has.
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return HttpResponseRedirect("/sign-in")
    return _send(request)


@require_GET
@recent_only
def leave_to_link(request: HttpRequest) -> HttpResponse:
    """GET /account/provider: sends the browser to the provider, for this account to be linked to whom it names."""
    return _send(request, link=request.user.staff_code, as_it_was=request.user.get_session_auth_hash())


@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """GET /sign-in/provider/return: what the provider sends the browser back with.

    It answers with a page, not a redirect: cookies that are for this site only do not go along while a browser follows
    another site's redirect.
    """
    errand = _errand(request)
    if errand is None:
        return _begin_again(request)
    try:
        claims = _client().claims(code=request.GET.get("code", ""), errand=errand, now=time.time())
    except ProviderRefused:
        return _refuse(request, gettext("The city's sign-in did not confirm who you are. Try again."))
    digest = _digest(claims["sub"])
    if errand.link:
        return _link(request, errand, digest)
    found = ProviderSubject.objects.select_related("account").filter(digest=digest, account__is_active=True).first()
    if found is None:
        return _refuse(
            request,
            gettext("No account here is linked to you. Sign in with staff code and password and link it on its page."),
        )
    if not settings.OPENID.allows(role=found.account.role, claims=claims):
        return _refuse(
            request, gettext("The city does not list you for the role of this account. Ask your coordinator.")
        )
    request.session.flush()
    record_authentication(request, found.account, "provider")
    return _go_on(request, perform_login(request, Login(user=found.account))["Location"])


@method_decorator(recent_only, name="dispatch")
class Unlink(View):
    """POST /account/provider/remove: this account is linked to nobody at the provider any more."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if settings.OPENID:
            ProviderSubject.objects.filter(account=request.user).delete()
        return HttpResponseRedirect(PAGE)


def _client() -> ProviderClient:
    return ProviderClient(settings.OPENID, may_be_local=settings.REALM == "demo")


def _send(request: HttpRequest, *, link: str = "", as_it_was: str = "") -> HttpResponse:
    if settings.OPENID is None:
        return HttpResponseRedirect("/sign-in")
    errand = Errand.new(link=link, as_it_was=as_it_was, now=time.time())
    try:
        response = HttpResponseRedirect(_client().address_for(errand))
    except ProviderRefused:
        return _refuse(request, gettext("The city's sign-in does not answer. Sign in with staff code and password."))
    # Lax, since the browser returns from another site; sealed, short-lived, and sent to this path only.
    response.set_cookie(
        COOKIE,
        seal(text=errand.as_text(), secret_key=settings.SECRET_KEY, purpose=_PURPOSE),
        max_age=LIFETIME,
        path=_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _errand(request: HttpRequest) -> Errand | None:
    """What this browser left with, if it comes back in time with the answer to that."""
    if settings.OPENID is None:
        return None
    try:
        sealed = request.COOKIES.get(COOKIE, "")
        errand = Errand.from_text(unseal(sealed=sealed, secret_key=settings.SECRET_KEY, purpose=_PURPOSE))
    except Unsealable:
        return None
    same = secrets.compare_digest(errand.state.encode(), request.GET.get("state", "").encode())
    return errand if same and time.time() < errand.until else None


def _link(request: HttpRequest, errand: Errand, digest: str) -> HttpResponse:
    try:
        with transaction.atomic(using="staff"):
            # The row is held, so that a reset comes before, and is seen here, or after, and takes the link.
            account = Account.objects.select_for_update().filter(staff_code=errand.link, is_active=True).first()
            if account is None or not secrets.compare_digest(account.get_session_auth_hash(), errand.as_it_was):
                return _begin_again(request)
            ProviderSubject.objects.filter(account=account).delete()
            ProviderSubject.objects.create(account=account, digest=digest)
    except IntegrityError:
        return _refuse(request, gettext("You are linked to another account here already. Unlink it there first."))
    return _go_on(request, PAGE)


def _digest(subject: str) -> str:
    """What is kept of a person: without the desk's key it cannot be compared with the provider's list."""
    key = hashlib.sha256(b"provider subject/1" + settings.SECRET_KEY.encode()).digest()
    return hmac.digest(key, f"{settings.OPENID.issuer}\n{subject}".encode(), "sha256").hex()


def _go_on(request: HttpRequest, address: str) -> HttpResponse:
    response = render(request, "staff/go_on.html", {"leads_to": address})
    response.delete_cookie(COOKIE, path=_PATH, samesite="Lax")
    return response


def _begin_again(request: HttpRequest) -> HttpResponse:
    return _refuse(request, gettext("This took too long or began in another browser. Begin again."), status=400)


def _refuse(request: HttpRequest, what: str, *, status: int = 403) -> HttpResponse:
    response = render(request, "staff/provider_refused.html", {"what": what}, status=status)
    response.delete_cookie(COOKIE, path=_PATH, samesite="Lax")
    return response
