"""Django's settings that the compartment staff brings: accounts, sign-in, sessions. Star-imported by the settings."""

import os

from cardservice import environment
from staff import provider

_DEMO = environment.choice("CARDSERVICE_REALM", ("demo", "production")) == "demo"

STAFF_APPS = [
    "staff",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "allauth.account",
    "allauth.mfa",
]
STAFF_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "staff.sessions.CompleteSessionsOnly",
]
STAFF_CONTEXT_PROCESSORS = ["staff.pages.frame"]
STAFF_REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["staff.access.StaffSession"],
    "DEFAULT_PERMISSION_CLASSES": ["staff.access.RoleOfView"],
}
# Issuance must not import staff: it resolves these names with django.utils.module_loading.import_string.
SECOND_PERSON = "staff.access.verify_second_person"
COUNT_CHANGE = "staff.access.count_change"

AUTH_USER_MODEL = "staff.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# Memory-hard, and built into Django and OpenSSL.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Browsers send a cookie to every port of a host: desk and office side by side must not end one another's sessions.
_OFFICE = environment.text("CARDSERVICE_PROCESS") == "office"
SESSION_COOKIE_NAME = "office_session" if _OFFICE else "desk_session"
CSRF_COOKIE_NAME = "office_csrftoken" if _OFFICE else "csrftoken"
SESSION_COOKIE_AGE = 10 * 60  # seconds of idleness; the absolute end is staff.sessions.LONGEST
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = not _DEMO  # the demo runs over plain http on the own machine
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = not _DEMO
CSRF_COOKIE_AGE = None

# Attempts and used codes are counted in the memory of this one process and gone with it: nothing about them is stored.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

ACCOUNT_ADAPTER = "staff.adapters.StaffAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "staff_code"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_TIMEOUT = 5 * 60  # seconds from the password to the second factor
# Per account only: limits per address would need addresses, and a whole city hall shares one.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/5m/key"}

OPENID = provider.read(os.environ.get("CARDSERVICE_OPENID_FILE", ""), may_be_local=_DEMO)

MFA_ADAPTER = "staff.adapters.StaffSecondFactorAdapter"
# Passkeys are ours (staff.passkeys): allauth's way would keep their names, the make of the device and each use.
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "City desk"
MFA_TOTP_TOLERANCE = 1  # periods of 30 s that a phone's clock may be off
MFA_RECOVERY_CODE_DIGITS = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
