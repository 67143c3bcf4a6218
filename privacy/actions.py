"""The one door of this compartment: record that a member of staff did something."""

import uuid
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import IntegrityError, transaction

from privacy.models import StagedEntry


class Action(StrEnum):
    """What staff do, as far as the log tells it."""

    ISSUE = "issue"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REVOKE = "revoke"


@dataclass(frozen=True)
class Actor:
    """Who acts: the random staff code and the district of the account ('' when the city has none)."""

    code: str
    district: str = ""


def record(*, entry_id: bytes, actor: Actor, action: Action, purpose: str, week: date) -> None:
    """Stages one log entry; the same 16-byte `entry_id` again is the same entry.

    `week` is the Monday of the week. Raises django.db.DatabaseError when the log cannot be written: the caller must
    then not act.
    """
    try:
        with transaction.atomic(using="privacy"):
            StagedEntry(
                id=uuid.UUID(bytes=entry_id),
                actor=actor.code,
                district=actor.district,
                action=action.value,
                purpose=purpose,
                week=week,
            ).save(force_insert=True, using="privacy")
    except IntegrityError:
        # Recorded by an earlier try of the same request: a writer that may not read learns it only this way.
        return
