"""`python -m cardservice.bench.status_lists WORD NUMBER`: a register of millions of cards, as the registrar of a home.

`fill CARDS` (SQLite only) writes lists 1 and up, a million cards each, one in a hundred blocked; prints how many lists.
`publish LIST` prints what reading, compressing and signing a list take, as the signer does it: processor seconds, and
peak memory in bytes. `block LIST` prints seconds of the clock for suspending a card of it by its number, as the desk
does: the median of a hundred. `allocate LIST` opens that list and prints processor seconds for finding a status index,
while it is empty and while it is 99 % full.
"""

import json
import random
import resource
import statistics
import sys
import time

import django

CARDS_IN_LIST = 1_000_000
ALLOCATIONS = 200
BLOCKED = 100


def main() -> None:
    """Runs one word and prints its figures as JSON."""
    django.setup()
    word, number = sys.argv[1], int(sys.argv[2])
    print(json.dumps({"fill": _fill, "publish": _publish, "block": _block, "allocate": _allocate}[word](number)))


def _fill(cards: int) -> dict[str, int]:
    from django.db import connections, transaction

    from issuance.allocation import open_list
    from issuance.models import SigningKey

    connection = connections["issuance"]
    if connection.vendor != "sqlite":
        return {"lists": 0}
    with connection.cursor() as cursor:
        # Random keys land all over their indexes: with the usual two megabytes each insert would go to the disk.
        cursor.execute("PRAGMA cache_size = -500000")
    kid = SigningKey.objects.values_list("kid", flat=True)[0]
    lists = -(-cards // CARDS_IN_LIST)
    for number in range(1, lists + 1):
        with transaction.atomic(using="issuance"), connection.cursor() as cursor:
            first = open_list(number=number) << 20
            count = min(CARDS_IN_LIST, cards - (number - 1) * CARDS_IN_LIST)
            cursor.execute(_CARDS, [count - 1, first, kid])
            cursor.execute(_CREDENTIALS, [first])
    return {"lists": lists}


_COLUMNS = "id, row_key, slip_hash, commitments, key_id, week, expires, state, signed, unconfirmed"
_CARDS = f"""
    INSERT INTO issuance_card ({_COLUMNS})
    WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)
    SELECT %s + n, randomblob(16), randomblob(32), randomblob(32), %s, '2026-11-23', '2029-12-01',
        CASE WHEN random() %% 100 = 0 THEN 'revoked' ELSE 'active' END, true, false
    FROM numbers"""  # noqa: S608 - our own column names


_CREDENTIALS = "INSERT INTO issuance_credential (id, card_id, place) SELECT id, id, 0 FROM issuance_card WHERE id >= %s"


def _publish(number: int) -> dict[str, float]:
    from cardservice.credential import cose, keys, statuslist
    from issuance.models import StatusList
    from issuance.statusbits import current_bits

    private, iat, uri = keys.generate(keys.ES256), int(time.time()), f"https://demo.invalid/s/{number}"
    started = time.process_time()
    compressed = statuslist.compress(current_bits(StatusList.objects.get(number=number)))
    header = statuslist.cwt_header(alg=keys.ES256, kid=bytes(8))
    payload = statuslist.cwt_payload(uri=uri, iat=iat, compressed=compressed)
    signature = keys.sign(private, cose.message_to_sign(protected=header, payload=payload))
    signed = cose.assemble(protected=header, payload=payload, signature=signature)
    unsigned = statuslist.jwt_signing_input(alg=keys.ES256, kid=bytes(8), uri=uri, iat=iat, compressed=compressed)
    statuslist.jwt(signing_input=unsigned, signature=keys.sign(private, unsigned))
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": seconds, "peak": peak, "bytes": len(signed)}


def _block(number: int) -> dict[str, float]:
    from cardservice.credential.numbers import card_number
    from issuance.blocking import by_number, suspend
    from issuance.models import Card

    cards = Card.objects.filter(id__range=(number << 20, (number + 1 << 20) - 1)).count()
    times = []
    for index in random.sample(range(cards), BLOCKED):
        printed = card_number(list_number=number, index=index)
        started = time.perf_counter()
        suspend(by_number(printed), before_change=lambda: None)
        times.append(time.perf_counter() - started)
    return {"seconds": statistics.median(times)}


def _allocate(number: int) -> dict[str, float]:
    from issuance.allocation import open_list

    open_list(number=number)
    empty = _seconds_for_an_index()
    _use_up(number)
    return {"empty": empty, "full": _seconds_for_an_index()}


def _seconds_for_an_index() -> float:
    from django.db import transaction

    from issuance.allocation import take_position

    # One transaction: what the disk takes to commit is the same however full a list is.
    with transaction.atomic(using="issuance"):
        started = time.process_time()
        for _ in range(ALLOCATIONS):
            take_position()
        return (time.process_time() - started) / ALLOCATIONS


def _use_up(number: int) -> None:
    """Marks all but one index in a hundred as used."""
    from issuance.allocation import CHUNK_SIZE, CHUNKS
    from issuance.models import IndexChunk

    bits = bytearray(b"\xff" * (CHUNK_SIZE // 8))
    for index in range(0, CHUNK_SIZE, 100):
        bits[index >> 3] &= ~(1 << (index & 7))
    used = sum(map(int.bit_count, bits))
    IndexChunk.objects.filter(id__range=(number * CHUNKS, number * CHUNKS + CHUNKS - 1)).update(
        bits=bytes(bits), used=used
    )


if __name__ == "__main__":
    main()
