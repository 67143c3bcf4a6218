"""The scanner: its page, the worker that keeps it for use without network, and what browsers ask of an application."""

import json
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import get_language, gettext

from cardservice.languages import direction
from verification.gateview import GateView
from verification.scanner_files import page, precache

POLICY = "; ".join(
    [
        "default-src 'none'",
        # No nonce: the page is kept for offline use, and a kept nonce would be no secret. `wasm-unsafe-eval` lets the
        # QR decoder run; it lets no script text run.
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_WORKER = Path(__file__).parent / "worker.js"


class Scanner(GateView):
    """GET the page, in the language of `?lang=` or of the browser. It holds nothing about anybody."""

    def get(self, request: HttpRequest) -> HttpResponse:
        content = page(language=get_language() or settings.LANGUAGE_CODE)
        return HttpResponse(content, headers={"Content-Security-Policy": POLICY})


class ScannerWorker(GateView):
    """GET the service worker: the list of files with their integrity, then its code."""

    def get(self, request: HttpRequest) -> HttpResponse:
        listed = json.dumps(precache(), indent=1)
        script = f"const PRECACHE = {listed};\n{_WORKER.read_text(encoding='utf-8')}"
        return HttpResponse(script, content_type="text/javascript; charset=utf-8")


class ScannerManifest(GateView):
    """GET the web application manifest, in the language of `?lang=`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        language = get_language() or settings.LANGUAGE_CODE
        return JsonResponse(
            {
                "name": f"{gettext('Check a city card')} – {settings.CITY_NAME}",
                "short_name": gettext("Card check"),
                "lang": language,
                "dir": direction(language),
                "id": "/scan/",
                "scope": "/scan/",
                "start_url": f"/scan/?lang={language}",
                "display": "standalone",
                "background_color": "#f3f5f6",
                "theme_color": "#0e4a5a",
                "icons": [{"src": static("city/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
            },
            content_type="application/manifest+json",
        )
