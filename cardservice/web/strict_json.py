"""Reading JSON bodies strictly: an object, no duplicate names, no NaN, only the fields a form names."""

import json
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from cardservice.web.problems import Problem

MAX_BODY = 2_000_000
MAX_PARTS = 2_000
"""Objects, arrays and commas in one body, those inside of texts included."""
MOST_NAMED = 20
"""Unknown fields that an answer names: a request of 2 MB can hold some 300,000."""


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate name")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(name)


class StrictJSONParser(BaseParser):
    """The only parser: one JSON object in UTF-8 of at most 2 MB."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        raw = stream.read(MAX_BODY + 1)
        if len(raw) > MAX_BODY:
            raise RequestDataTooBig
        if sum(map(raw.count, (b"{", b"[", b","))) > MAX_PARTS:
            # Two megabytes of tiny members take the library a fifth of a second; no request of ours has that many.
            raise ParseError
        try:
            body = json.loads(raw.decode(), object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
            if b"\\u" in raw:
                # Half of a surrogate pair is no character: no answer, no database and no font could take it.
                json.dumps(body, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise ParseError from None
        if not isinstance(body, dict):
            raise ParseError
        return body


@dataclass(frozen=True)
class Field:
    """One field of a request: its JSON type, bounds on its length in characters, whether it may be absent."""

    kind: type
    required: bool = True
    most: int = 200


def fields(body: dict[str, Any], form: dict[str, Field]) -> dict[str, Any]:
    """The fields of `body` that `form` names (absent optional ones as None).

    Raises Problem 400 `invalid_fields` naming each field that is unknown, missing, of the wrong type or too long.
    """
    unknown = islice((name for name in body if name not in form), MOST_NAMED)
    errors = {name[:40]: gettext("is not a field of this request") for name in unknown}
    for name, field in form.items():
        value = body.get(name)
        if value is None:
            if field.required or name in body:
                errors[name] = gettext("is missing")
        elif type(value) is not field.kind:
            errors[name] = gettext("must be a JSON %(kind)s") % {"kind": _JSON_NAMES[field.kind]}
        elif isinstance(value, str | list) and len(value) > field.most:
            errors[name] = gettext("is longer than %(most)s") % {"most": field.most}
    if errors:
        raise Problem(
            status=400, code="invalid_fields", title=gettext("Some fields of the request are not right"), errors=errors
        )
    return {name: body.get(name) for name in form}


_JSON_NAMES = {str: "string", int: "integer", bool: "boolean", list: "array", dict: "object"}
