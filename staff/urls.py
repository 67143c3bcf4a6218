"""Addresses of the sign-in pages; nothing else of django-allauth is reachable. Names are those allauth looks up."""

from django.urls import path

from staff import views
from staff.again_view import SignInAgain
from staff.invitation_view import Invitation

urlpatterns = [
    path("sign-in", views.SignIn.as_view(), name="account_login"),
    path("sign-in/again", SignInAgain.as_view()),
    path("sign-in/code", views.Code.as_view(), name="mfa_authenticate"),
    path("sign-in/set-up", views.SetUp.as_view(), name="staff_set_up"),
    path("sign-in/recovery-codes", views.RecoveryCodes.as_view(), name="staff_recovery_codes"),
    path("invitation", Invitation.as_view()),
    path("sign-out", views.SignOut.as_view(), name="account_logout"),
]
