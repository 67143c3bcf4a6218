"""Keeping accepted documents over restarts: one row a document, replaced by newer ones only."""

from django.db import transaction

from verification.documents import Stored
from verification.models import AcceptedDocument


def stored_documents() -> dict[str, Stored]:
    """What was accepted in earlier runs, by name."""
    rows = AcceptedDocument.objects.values_list("name", "octets", "order")
    return {name: Stored(octets=bytes(octets), order=order) for name, octets, order in rows}


def keep(*, name: str, octets: bytes, order: int) -> None:
    """Keeps a newly accepted document, unless another gate has already kept a newer one."""
    with transaction.atomic(using="verification"):
        _, created = AcceptedDocument.objects.get_or_create(name=name, defaults={"octets": octets, "order": order})
        if not created:
            AcceptedDocument.objects.filter(name=name, order__lt=order).update(octets=octets, order=order)
