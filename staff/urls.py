"""Addresses of the sign-in pages; nothing else of django-allauth is reachable. Names are those allauth looks up."""

from django.urls import path

from staff import account_views, passkey_views, provider_views, views
from staff.again_view import SignInAgain, SignInAgainWithPasskey
from staff.invitation_view import Invitation

urlpatterns = [
    path("sign-in", views.SignIn.as_view(), name="account_login"),
    path("sign-in/again", SignInAgain.as_view()),
    path("sign-in/again/passkey", SignInAgainWithPasskey.as_view()),
    path("sign-in/passkey", passkey_views.UsePasskey.as_view()),
    path("sign-in/code", views.Code.as_view(), name="mfa_authenticate"),
    path("sign-in/set-up", views.SetUp.as_view(), name="staff_set_up"),
    path("sign-in/provider", provider_views.leave),
    path("sign-in/provider/return", provider_views.come_back),
    path("sign-in/set-up/passkey", passkey_views.SetUpPasskey.as_view()),
    path("sign-in/recovery-codes", views.RecoveryCodes.as_view(), name="staff_recovery_codes"),
    path("invitation", Invitation.as_view()),
    path("account", account_views.AccountPage.as_view(), name="staff_account"),
    path("account/passkeys", account_views.AddPasskey.as_view()),
    path("account/authenticator", account_views.NewAuthenticator.as_view()),
    path("account/factors/remove", account_views.RemoveFactor.as_view()),
    path("account/recovery-codes", account_views.NewRecoveryCodes.as_view()),
    path("account/provider", provider_views.leave_to_link),
    path("account/provider/remove", provider_views.Unlink.as_view()),
    path("sign-out", views.SignOut.as_view(), name="account_logout"),
]
