"""What the register tells of itself in numbers: cards by week, cards that the signer counted, indexes given away."""

from datetime import date, timedelta

from django.db import connections, transaction
from django.db.models import Count, Sum

from cardservice.credential.keyset import Use
from cardservice.credential.profiles import PROFILES
from cardservice.reconciliation import RegisterCounts
from issuance.models import Card, Credential, IndexChunk, SigningKey, StatusList
from issuance.sweep import GRACE

_DAYS_A_MONTH = 28


def register_counts() -> RegisterCounts:
    """The numbers of one moment: a card that is being signed meanwhile is in all of them or in none."""
    connection = connections["issuance"]
    # Within a caller's transaction it is too late to choose one moment for all questions.
    chooses = connection.vendor == "postgresql" and not connection.in_atomic_block
    with transaction.atomic(using="issuance"):
        if chooses:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        by_week = Card.objects.filter(signed=True).values_list("week").annotate(Count("id")).order_by("week")
        used = IndexChunk.objects.aggregate(used=Sum("used"))["used"] or 0
        decoys = sum(
            int.from_bytes(bytes(baseline)).bit_count()
            for baseline in StatusList.objects.values_list("baseline", flat=True).iterator(chunk_size=8)
        )
        counted = SigningKey.objects.filter(use=Use.CARD).aggregate(issued=Sum("issued"))["issued"] or 0
        return RegisterCounts(
            counted=counted, signed=dict(by_week), given=used - decoys, taken=Credential.objects.count()
        )


def kept_since(*, today: date) -> date:
    """The first week of issue of which no row can have been deleted after its expiry."""
    shortest = min(profile.months for profile in PROFILES.values())
    return today - timedelta(days=shortest * _DAYS_A_MONTH) - GRACE
