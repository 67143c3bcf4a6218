"""Invites, lists, resets and disables accounts of staff; prints one JSON object."""

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from staff import directory


class Command(BaseCommand):
    """Where the command line's words about staff end up, in a process that holds this compartment only."""

    help = "Invite, list, reset and disable accounts of staff."

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        invite = words.add_parser("invite")
        invite.add_argument("--role", required=True)
        invite.add_argument("--district", default="")
        words.add_parser("list")
        for word in ("disable", "reset"):
            words.add_parser(word).add_argument("staff_code")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = _answer(options, now=int(time.time()))
        except directory.DirectoryRefused as error:
            raise CommandError(str(error)) from None
        except DatabaseError:
            raise CommandError(
                "The database of accounts does not answer: start it, or see its log, and try again."
            ) from None
        self.stdout.write(json.dumps(answer))


def _answer(options: dict[str, Any], *, now: int) -> dict[str, Any]:
    match options["word"]:
        case "invite":
            return asdict(directory.invite(role=options["role"], district=options["district"], now=now))
        case "reset":
            return asdict(directory.reset(staff_code=options["staff_code"], now=now))
        case "disable":
            return {"staff_code": directory.disable(staff_code=options["staff_code"]), "state": "disabled"}
        case _:
            return {"accounts": [asdict(account) for account in directory.list_accounts()]}
