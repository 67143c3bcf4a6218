"""The door of the gate: a check that is right in every respect is answered at once, in memory, without the framework.

Whatever is unusual about a request is left to the view, which has the words for it; so this has no refusals of its own.
"""

import json
import time
from functools import lru_cache
from io import BytesIO

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from rest_framework.exceptions import APIException

from cardservice.web.front import Answer, Whole
from cardservice.web.headers import of_answers
from cardservice.web.negotiation import essence
from cardservice.web.strict_json import StrictJSONParser
from verification.api import checked_text, judged
from verification.gateview import keep_pace, snapshot_or_503, terms_of

PATH = "/api/v1/verifications"

_parser = StrictJSONParser()
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_HEADERS = [("Content-Type", "application/json"), *of_answers().items()]


def check(whole: Whole) -> Answer | None:
    """The answer of the view `Verifications` to a good request, counted as there; None for every other request."""
    if whole.path != PATH or whole.method != "POST" or whole.query:
        return None
    headers = whole.headers
    if essence(headers.get("content-type")) != "application/json" or not _is_ours(headers.get("host", "")):
        return None
    now = int(time.time())
    try:
        snapshot = snapshot_or_503()
        terms = terms_of(headers.get("authorization", ""), snapshot=snapshot, now=now)
        text = checked_text(_parser.parse(BytesIO(whole.body)))
        keep_pace(terms, checks=1)
    except APIException:
        return None
    return Answer(200, _HEADERS, _encode(judged(text, terms=terms, snapshot=snapshot, now=now)).encode())


@lru_cache(maxsize=16)
def _is_ours(host: str) -> bool:
    """Whether the service answers under this name. The server has refused a request with several."""
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
