"""`python -m tests.issuance.issue_aimed` as the desk: issues the orders of standard input at the positions they name.

Chance is the border here: with the same seeds and positions, nothing but the order of issue tells two registers apart.
"""

import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

import django


def main() -> None:
    """Reads [{seed, name, position, state}]; each card is acknowledged, then brought to its state."""
    django.setup()
    from issuance import cards, register
    from issuance.desk import issuing_office
    from issuance.models import Card
    from issuance.orders import check_order

    for wanted in json.load(sys.stdin):
        register.take_position = lambda wanted=wanted: _take(wanted["position"])  # type: ignore[attr-defined]
        order = check_order(
            issue_seed=wanted["seed"],
            profile="standard",
            policy_version=1,
            name=wanted["name"],
            born=None,
            photo_qr=None,
            photo_print=None,
            language="en",
            today=datetime.now(UTC).date(),
        )
        issuing_office().issue(order, now=int(time.time()), log=lambda *entry: None)
        cards.acknowledge(seed=order.seed)
        Card.objects.filter(id=wanted["position"]).update(state=wanted["state"])


def _take(position: int) -> Any:
    from issuance import allocation
    from issuance.models import IndexChunk

    place = position % allocation.CHUNK_SIZE
    bits = int.from_bytes(bytes(IndexChunk.objects.get(id=position // allocation.CHUNK_SIZE).bits), "little")
    taken = allocation._take_nth(position // allocation.CHUNK_SIZE, place - (bits & (1 << place) - 1).bit_count())
    assert taken == position
    return taken


if __name__ == "__main__":
    main()
