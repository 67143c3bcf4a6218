"""Adds, lists and changes agreements; prints one JSON object."""

import json
import time
from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from cardservice.credential.calendar import timestamp
from verification.agreements import (
    AgreementRefused,
    Terms,
    activate_agreement,
    add_agreement,
    end_agreement,
    list_agreements,
    rotate_key,
    suspend_agreement,
)
from verification.handover import HandoverFailed, hand_over
from verification.pairing import make_code
from verification.reporting_duty import CountryUnreadable, read_barred


class Command(BaseCommand):
    """Where the command line's words about agreements end up, in a process that holds this compartment only."""

    help = "Add, list and change agreements."

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        add = words.add_parser("add")
        for name in ("provider", "sector", "purpose", "contact"):
            add.add_argument(f"--{name}", required=True)
        add.add_argument("--field", action="append", default=[], dest="fields")
        add.add_argument("--face", required=True)
        for name in ("starts", "ends"):
            add.add_argument(f"--{name}", type=date.fromisoformat, required=True)
        words.add_parser("list")
        add.add_argument("--duties-signed", action="store_true")
        add.add_argument("--public", action="store_true")
        add.add_argument("--by", required=True)
        for word in ("activate", "suspend", "end", "rotate-key", "pair"):
            words.add_parser(word).add_argument("provider_id")
        words.choices["activate"].add_argument("--by", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = _answer(options)
            if options["word"] in ("activate", "suspend", "end"):
                hand_over(directory=Path(settings.HANDOVER), today=datetime.now(UTC).date())
        except HandoverFailed:
            raise CommandError(
                f"It was done, but {settings.HANDOVER} cannot be written, so the public list does not show it yet."
            ) from None
        except (AgreementRefused, CountryUnreadable) as error:
            raise CommandError(str(error)) from None
        except DatabaseError:
            raise CommandError(
                "The database of agreements does not answer: start it, or see its log, and try again."
            ) from None
        self.stdout.write(json.dumps(answer))


def _answer(options: dict[str, Any]) -> dict[str, Any]:
    word = options["word"]
    if word == "list":
        return {"agreements": [_rendering(terms) for terms in list_agreements()]}
    if word == "activate":
        return _rendering(activate_agreement(provider_id=options["provider_id"], by=options["by"]))
    if word in ("suspend", "end"):
        change = suspend_agreement if word == "suspend" else end_agreement
        return _rendering(change(provider_id=options["provider_id"]))
    if word == "pair":
        made = make_code(provider_id=options["provider_id"], now=int(time.time()))
        return {"provider_id": made.provider_id, "code": made.code, "expires": timestamp(made.expires)}
    if word == "rotate-key":
        new = rotate_key(provider_id=options["provider_id"])
    else:
        asked = (
            "provider",
            "sector",
            "purpose",
            "fields",
            "face",
            "starts",
            "ends",
            "contact",
            "duties_signed",
            "public",
            "by",
        )
        new = add_agreement(**{name: options[name] for name in asked}, barred=read_barred(Path(settings.COUNTRY)))
    return {"provider_id": new.provider_id, "api_key": new.api_key}


def _rendering(terms: Terms) -> dict[str, Any]:
    return {
        "provider_id": terms.provider_id,
        "provider": terms.provider,
        "sector": terms.sector,
        "purpose": terms.purpose,
        "fields": list(terms.fields),
        "face": terms.face,
        "starts": terms.starts.isoformat(),
        "ends": terms.ends.isoformat(),
        "state": terms.state,
    }
