"""Signing in again from an open page whose session ended, so that nothing typed there is lost."""

import time

from django.utils.translation import gettext
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cardservice.web.problems import Problem
from cardservice.web.strict_json import Field, fields
from staff import in_place, passkeys
from staff.passkey_views import site_of

PASSKEY_FORM = {"sealed": Field(str, most=4_000), "answer": Field(str, most=passkeys.LONGEST_ANSWER)}
FORM = {"staff_code": Field(str, most=20), "password": Field(str), "totp": Field(str, most=12)}


class _NobodyYet(SessionAuthentication):
    """Knows nobody, but lets no page of another site sign anybody in."""

    def authenticate(self, request: Request) -> None:
        self.enforce_csrf(request)


class SignInAgain(APIView):
    """POST /sign-in/again {staff_code, password, totp}: a new session, in JSON; the page stays as it is.

    200 {staff_code, role}; 403 `sign_in_refused`, which does not tell what was wrong; 429 as at any sign-in. Whoever
    lost the telephone signs in with a recovery code in another tab.
    """

    authentication_classes = (_NobodyYet,)
    permission_classes = ()

    def post(self, request: Request) -> Response:
        try:
            person = in_place.authenticate(**fields(request.data, FORM))
        except in_place.NotAuthenticated:
            raise _refused(gettext("Type your staff code, password and a code that was not used yet.")) from None
        return _begun(request, person)


class SignInAgainWithPasskey(APIView):
    """POST /sign-in/again/passkey {sealed, answer}: the same by passkey, with the options of GET /sign-in/passkey."""

    authentication_classes = (_NobodyYet,)
    permission_classes = ()

    def post(self, request: Request) -> Response:
        form = fields(request.data, PASSKEY_FORM)
        try:
            used = passkeys.finish_using(account=None, **form, site=site_of(request._request), now=time.time())
        except passkeys.PasskeyRefused:
            raise _refused(gettext("The passkey was not accepted. Try it once more, or use another way.")) from None
        return _begun(request, in_place.Authenticated(account=used.user, factor=used))


def _refused(what_to_do: str) -> Problem:
    return Problem(status=403, code="sign_in_refused", title=gettext("You were not signed in"), detail=what_to_do)


def _begun(request: Request, person: in_place.Authenticated) -> Response:
    in_place.begin_session(request=request._request, person=person)
    return Response({"staff_code": person.account.staff_code, "role": person.account.role})
