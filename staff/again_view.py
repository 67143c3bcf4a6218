"""Signing in again from an open page whose session ended, so that nothing typed there is lost."""

from django.utils.translation import gettext
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cardservice.web.problems import Problem
from cardservice.web.strict_json import Field, fields
from staff import in_place

FORM = {"staff_code": Field(str, most=20), "password": Field(str), "totp": Field(str, most=12)}


class _NobodyYet(SessionAuthentication):
    """Knows nobody, but lets no page of another site sign anybody in."""

    def authenticate(self, request: Request) -> None:
        self.enforce_csrf(request)


class SignInAgain(APIView):
    """POST /sign-in/again {staff_code, password, totp}: a new session, in JSON; the page stays as it is.

    200 {staff_code, role}; 403 `sign_in_refused`, which does not tell what was wrong; 429 as at any sign-in. It takes a
    TOTP code only: whoever lost the telephone signs in on the page for that.
    """

    authentication_classes = (_NobodyYet,)
    permission_classes = ()

    def post(self, request: Request) -> Response:
        try:
            person = in_place.authenticate(**fields(request.data, FORM))
        except in_place.NotAuthenticated:
            raise Problem(
                status=403,
                code="sign_in_refused",
                title=gettext("You were not signed in"),
                detail=gettext("Type your staff code, password and a code that was not used yet."),
            ) from None
        in_place.begin_session(request=request._request, person=person)
        return Response({"staff_code": person.account.staff_code, "role": person.account.role})
