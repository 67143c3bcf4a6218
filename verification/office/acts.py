"""What happens around each act in the office: a line of the action log before it, the public list handed over after."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext

from cardservice.credential.calendar import day_of, monday_of
from privacy.actions import Action, Actor, LogUnavailable, record
from verification.agreements import AgreementRefused, Recorded
from verification.handover import HandoverFailed, hand_over
from verification.places import PlaceRefused

READERS = ("coordinator", "auditor")
WRITERS = ("coordinator",)


class Refused(Exception):
    """Why nothing was done, or what is still to be done, in words for the page; `status` of the answer."""

    def __init__(self, text: str, *, status: int = 409) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


def now() -> int:
    """UTC seconds."""
    return int(time.time())


def today() -> date:
    """The day in UTC."""
    return day_of(now())


def recorded(request: HttpRequest, action: Action, purpose: str) -> Recorded:
    """Writes one line of the action log when called: who, what, and the week. Raises Refused when it cannot."""
    account: Any = request.user

    def write() -> None:
        try:
            record(
                entry_id=secrets.token_bytes(16),
                actor=Actor(code=account.staff_code, district=account.district),
                action=action,
                purpose=purpose,
                week=day_of(monday_of(now())),
            )
        except LogUnavailable:
            raise Refused(
                gettext("The action log cannot be written, so nothing was done. Try again, or call the operator."),
                status=503,
            ) from None

    return write


@contextmanager
def refusals() -> Iterator[None]:
    """Turns what the rules refuse into words for the page."""
    try:
        yield
    except (AgreementRefused, PlaceRefused) as error:
        raise Refused(str(error)) from None


def publish() -> None:
    """Hands over what is public now. Raises Refused: the change itself is kept."""
    try:
        hand_over(directory=Path(settings.HANDOVER), today=today())
    except HandoverFailed:
        raise Refused(
            gettext("It was kept, but the public list could not be handed over. Call the operator."), status=503
        ) from None
