"""Django's settings of one process, all read from the environment; a bad or foreign value stops the start."""

import os
import secrets
from pathlib import Path

from cardservice import city, environment, languages
from cardservice.processes import ForeignEnvironment, owner_of, process_named, url_variable

try:
    PROCESS = process_named(os.environ)
except ForeignEnvironment as error:
    raise environment.WrongEnvironment(str(error)) from None

ROOT = Path(__file__).resolve().parent.parent
REALM = environment.choice("CARDSERVICE_REALM", ("demo", "production"))
ISSUER = environment.text("CARDSERVICE_ISSUER")
THEME = Path(environment.text("CARDSERVICE_THEME", default=str(ROOT / "issuance/render/theme.toml")))
COUNTRY = Path(environment.text("CARDSERVICE_COUNTRY", default=str(ROOT / "verification/country.toml")))
CITY_NAME = city.name_in(THEME)
CITY_TELEPHONE = city.telephone_in(THEME)

DEBUG = False
ADMINS: list[str] = []
ALLOWED_HOSTS = environment.text("CARDSERVICE_ALLOWED_HOSTS", default="localhost,127.0.0.1,[::1]").split(",")
# A process without sessions signs nothing with it that outlives the process.
SECRET_KEY = (
    environment.secret("CARDSERVICE_SECRET_KEY_FILE")
    if "CARDSERVICE_SECRET_KEY_FILE" in PROCESS.secrets
    else secrets.token_urlsafe(48)
)

# The empty default makes an unrouted query and a bare transaction.atomic() fail at once.
DATABASES: dict[str, dict[str, object]] = {"default": {}} | {
    alias: environment.database(
        url_variable(alias), process=PROCESS.name, owner=owner_of(alias) if PROCESS.migrates else None
    )
    for alias in PROCESS.aliases
}
DATABASE_ROUTERS = ["cardservice.routers.CompartmentRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [alias for alias in ("issuance", "verification", "privacy") if alias in PROCESS.aliases]
MIDDLEWARE = [
    "cardservice.web.headers.SecurityHeaders",
    "cardservice.web.language.PageLanguage",
    "cardservice.web.limits.BodyLimit",
]
if PROCESS.urls:
    ROOT_URLCONF = PROCESS.urls
    INSTALLED_APPS += ["rest_framework", "django.contrib.staticfiles"]
    MIDDLEWARE += ["whitenoise.middleware.WhiteNoiseMiddleware", "django.middleware.common.CommonMiddleware"]
STAFF_REST_FRAMEWORK: dict[str, list[str]] = {}
STAFF_CONTEXT_PROCESSORS: list[str] = []
if "staff" in PROCESS.aliases:
    from staff.configuration import *  # noqa: F403

    INSTALLED_APPS += STAFF_APPS  # noqa: F405
    MIDDLEWARE += STAFF_MIDDLEWARE  # noqa: F405

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "cardservice.web.script_texts"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "cardservice.web.headers.nonce",
                *STAFF_CONTEXT_PROCESSORS,
            ],
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "cardservice/web/static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["cardservice.web.strict_json.StrictJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "EXCEPTION_HANDLER": "cardservice.web.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
} | STAFF_REST_FRAMEWORK

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
# Nothing is ever uploaded as a file: Django would spool a large one to disk.
FILE_UPLOAD_HANDLERS = ["cardservice.web.limits.RefuseFiles"]

LOGGING_CONFIG = "cardservice.logs.configure"
LOGGING = {"process": PROCESS.name}

LANGUAGE_CODE = languages.SOURCE
LANGUAGES = list(languages.OWN_NAMES.items())
# Screens of staff are whole in these only; half-translated ones would be worse than English.
PAGE_LANGUAGES = languages.OF_STAFF if "staff" in PROCESS.aliases else tuple(languages.OWN_NAMES)
LOCALE_PATHS = [ROOT / "cardservice/locale"]
TIME_ZONE = "UTC"
USE_TZ = True

SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SIGNER_SOCKET = os.environ.get("CARDSERVICE_SIGNER_SOCKET", "")
KEYS = os.environ.get("CARDSERVICE_KEYS", "")
PKCS11_MODULE = os.environ.get("CARDSERVICE_PKCS11_MODULE", "")
KEY_SET = os.environ.get("CARDSERVICE_KEY_SET", "")
ROOT_KEY = os.environ.get("CARDSERVICE_ROOT_KEY", "")
PUBLISHED = os.environ.get("CARDSERVICE_PUBLISHED", "")
SPOOL = environment.text("CARDSERVICE_SPOOL") if "CARDSERVICE_SPOOL" in PROCESS.secrets else ""
HANDOVER = environment.text("CARDSERVICE_HANDOVER") if "CARDSERVICE_HANDOVER" in PROCESS.secrets else ""
SERVICES_KEYS = os.environ.get("CARDSERVICE_SERVICES_KEYS", "")
LOG_KEYS = os.environ.get("CARDSERVICE_LOG_KEYS", "")
LOG_PUBLISHED = os.environ.get("CARDSERVICE_LOG_PUBLISHED", "")
CHECKS_PER_MINUTE = environment.whole("CARDSERVICE_CHECKS_PER_MINUTE", default=1200, least=100, most=10_000_000)
HOURLY_CEILING = environment.whole("CARDSERVICE_HOURLY_CEILING", default=2000, least=1, most=1_000_000)
