"""What every desk view shares: who acts, what the log hears of it, and the city's signer and printer."""

import secrets
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from threading import Thread
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from rest_framework.request import Request

from cardservice.credential.calendar import day_of, monday_of
from cardservice.credential.numbers import INDEX_BITS, LIST_SIZE, card_number
from cardservice.web.problems import Problem
from cardservice.web.strict_json import Field
from issuance.cards import IssuingOffice
from issuance.models import Card
from issuance.printing import Printer
from issuance.render.theme import parse_theme
from issuance.signer.client import SocketSigner
from privacy.actions import Action, Actor, LogUnavailable, record

CHANGES_ALONE = 20
"""State changes a clerk may make on one day before a second person is needed."""

SECOND_PERSON_FORM = {"staff_code": Field(str, most=12), "password": Field(str), "totp": Field(str, most=12)}
"""What the second person types, within the request that needs one."""


@cache
def issuing_office() -> IssuingOffice:
    """The office of this city, as the settings describe it."""
    return IssuingOffice(
        issuer=settings.ISSUER,
        signer=SocketSigner(settings.SIGNER_SOCKET),
        printer=Printer(
            theme=parse_theme(settings.THEME.read_text(encoding="utf-8")), slip_page=f"{settings.ISSUER}/block"
        ),
    )


@cache
def warm_up() -> None:
    """Draws once, in the background, what all cards share: whoever opens the page issues a card a minute later."""
    Thread(target=issuing_office().printer.warm, name="warm-up", daemon=True).start()


def now() -> int:
    """UTC seconds."""
    return int(time.time())


def today() -> date:
    """The day in UTC."""
    return day_of(now())


def number_of(card: Card) -> str:
    """The printed number of a card's first credential."""
    return card_number(list_number=card.id >> INDEX_BITS, index=card.id % LIST_SIZE)


def log_of(request: Request, action: Action, purpose: str, *, by: Any = None) -> Callable[[bytes, date], None]:
    """Records `action` of the account `by`, else of the signed-in one, under an entry id.

    A log that cannot be written stops the action.
    """
    account = by or request.user
    actor = Actor(code=account.staff_code, district=account.district)

    def log(entry_id: bytes, week: date) -> None:
        try:
            record(entry_id=entry_id, actor=actor, action=action, purpose=purpose, week=week)
        except LogUnavailable:
            raise Problem(
                status=503,
                code="log_unavailable",
                title=gettext("The action log cannot be written, so nothing was done"),
                detail=gettext("Try again; if it goes on, call the operator."),
            ) from None

    return log


def change_of(
    request: Request, action: Action, purpose: str, *, second_person: dict[str, str] | None
) -> Callable[[], None]:
    """What must succeed before a card's state changes: it is counted and vouched for, then recorded for this week.

    Called for real changes only: what changes nothing is neither counted nor recorded.
    """
    log = log_of(request, action, purpose)

    def before_change() -> None:
        _count(request, second_person)
        log(secrets.token_bytes(16), day_of(monday_of(now())))

    return before_change


def correction_of(request: Request) -> Callable[[], None]:
    """As `change_of` for a card that a corrected one replaces: recorded as such, not counted among the changes."""
    log = log_of(request, Action.REVOKE, "corrected")
    return lambda: log(secrets.token_bytes(16), day_of(monday_of(now())))


def register_unavailable() -> Problem:
    """503 when the register cannot be read or written; nothing was changed."""
    return Problem(
        status=503,
        code="database_unavailable",
        title=gettext("The register cannot be written"),
        detail=gettext("Try again; if it goes on, call the operator."),
    )


def _count(request: Request, second_person: dict[str, str] | None) -> None:
    """Counts a state change of the signed-in account; from the 21st of a day on a second person vouches for each.

    Raises Problem 403 `second_person_needed`, and what the check of the second person raises.
    """
    if import_string(settings.COUNT_CHANGE)(request.user) <= CHANGES_ALONE:
        return
    if second_person is None:
        raise Problem(
            status=403,
            code="second_person_needed",
            title=gettext("More than %(most)s changes today need a second person") % {"most": CHANGES_ALONE},
            detail=gettext("Ask a supervisor to type staff code, password and code here."),
        )
    import_string(settings.SECOND_PERSON)(**second_person, not_account=request.user)
