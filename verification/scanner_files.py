"""The files that the scanner consists of, with their integrity: what an installed scanner keeps to work offline."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from cardservice.credential.reasons import Reason
from cardservice.languages import OWN_NAMES, direction
from verification.wording import ALWAYS, REASONS, VERDICTS

SHARED = (
    "city/camera.js",
    "city/gettext.js",
    "city/keyscanner.js",
    "city/mark.svg",
    "city/reader.js",
    "city/tokens.css",
)
FOLDERS = ("verification", "credential", "vendor/zxing-wasm@3.1.4")
"""Folders below `static/`, of this app or of the frame: all of their code, wasm and styles."""
_ENDINGS = {".js", ".css", ".wasm", ".svg"}
_STATIC = Path(__file__).parent / "static"


def page(*, language: str) -> str:
    """The scanner's page in one language; the same for everybody, so that it can be kept and compared."""
    with translation.override(language):
        return render_to_string(
            "verification/scan.html",
            {
                "city_name": settings.CITY_NAME,
                "realm": settings.REALM,
                "language": language,
                "direction": direction(language),
                "languages": OWN_NAMES,
                "verdicts": [(verdict.value, word) for verdict, word in VERDICTS.items()],
                "reasons": [(reason.value, REASONS[reason]) for reason in Reason],
                "always": ALWAYS,
            },
        )


@cache
def static_files() -> dict[str, str]:
    """Address of each static file of the scanner -> its integrity."""
    found = {
        path.relative_to(place).as_posix(): path
        for place in (_STATIC, *map(Path, settings.STATICFILES_DIRS))
        for folder in FOLDERS
        for path in (place / folder).rglob("*")
        if path.suffix in _ENDINGS
    }
    for name in SHARED:
        place = finders.find(name)
        assert place is not None, name
        found[name] = Path(place)
    return {f"{settings.STATIC_URL}{name}": integrity(path.read_bytes()) for name, path in sorted(found.items())}


def precache() -> dict[str, str]:
    """Address -> integrity of everything that an installed scanner keeps: its files and its page in each language."""
    pages = {f"/scan/?lang={language}": integrity(page(language=language).encode()) for language in OWN_NAMES}
    return static_files() | pages


def integrity(octets: bytes) -> str:
    """The value of Subresource Integrity for `octets`."""
    return f"sha256-{base64.b64encode(hashlib.sha256(octets).digest()).decode()}"
