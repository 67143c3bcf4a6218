"""Strictness in numbers: every bit of a hundred cards, two hundred thousand structured inputs, bombs."""

import random
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator

import brotli
import cbor2
import pytest

from cardservice.credential import base45, claims, codec, commitmentlist, cose, keyset, statuslist, tolerant
from cardservice.credential.claims import Claims
from cardservice.credential.keys import EDDSA, ES256
from cardservice.credential.numbers import card_number
from cardservice.credential.profiles import SECTORS
from cardservice.credential.reasons import CredentialError, Reason
from tests.vectors import city

CARDS, PARTS = 100, 4
NAMES = ("Ada Example", "Noor", "\u0644\u064a\u0644\u0649", "\u1230\u120b\u121d " * 4, "\u00c5sa \U00020bb7", "N" * 80)
KEYS = {name: city.public_key(name, alg=alg) for name, alg in (("card", ES256), ("card EdDSA", EDDSA))}
BY_KID = {keyset.kid_of(key): key for key in KEYS.values()}


def cards(part: int) -> Iterator[bytes]:
    """Every fourth of the hundred: all profiles, faces, scripts and both algorithms."""
    for number in range(part, CARDS, PARTS):
        name = "card EdDSA" if number % 10 == 9 else "card"
        yield city.sign(_content(number).encode(), key=name, alg=KEYS[name].alg)


def _content(number: int) -> Claims:
    index = number * 10_007 % 2**20
    return city.claims(
        f"mutated {number}",
        list_number=number * 7,
        index=index,
        number=card_number(list_number=number * 7, index=index),
        name=NAMES[number % len(NAMES)],
        sector=SECTORS[number % 7] if number % 3 == 2 else None,
        born=None if number % 4 == 3 else "19840229",
        photo=city.octets(f"photo {number}", 60 + number) if number % 3 == 1 else None,
    )


def accepted(octets: bytes) -> bool:
    """Whether a COSE_Sign1 is read as a card and verifies; any error but our own comes through."""
    try:
        signed = cose.parse(octets)
        claims.decode(signed.payload)
    except CredentialError:
        return False
    return signed.typ is None and signed.kid in BY_KID and signed.verified_by(BY_KID[signed.kid])


def flipped(octets: bytes) -> Iterator[bytes]:
    """`octets` with each of its bits changed in turn."""
    for position, byte in enumerate(octets):
        head, tail = octets[:position], octets[position + 1 :]
        for bit in range(8):
            yield head + bytes((byte ^ 1 << bit,)) + tail


@pytest.mark.parametrize("part", range(PARTS))
def test_no_flipped_bit_of_a_hundred_credentials_is_accepted(part):
    for octets in cards(part):
        assert accepted(octets)
        assert not any(accepted(changed) for changed in flipped(octets))


@pytest.mark.parametrize("part", range(PARTS))
def test_no_flipped_bit_of_a_hundred_compressed_credentials_is_read_as_anything_else(part):
    # Only the unused bits of deflate's last byte may change: what is inside stays the same to the bit.
    for octets in cards(part):
        read = [inside for inside in map(_inflated, flipped(zlib.compress(octets, 9))) if inside is not None]
        assert len(read) <= 7 and set(read) <= {octets}


@pytest.mark.parametrize("part", range(PARTS))
def test_no_changed_character_of_a_hundred_texts_is_read_as_anything_else(part):
    rng, letters = random.Random(9285), base45.ALPHABET.decode()
    for octets in cards(part):
        text = city.text(octets)
        for position, character in enumerate(text):
            for other in {*rng.sample(letters, 2), character.lower(), "\u00e9"} - {character}:
                try:
                    inside = _inflated(base45.decode(text[:position] + other + text[position + 1 :]))
                except CredentialError:
                    continue
                assert inside in (None, octets)


def _inflated(stream: bytes) -> bytes | None:
    try:
        return codec._inflate(stream)
    except CredentialError:
        return None


INPUTS = 200_000


@pytest.mark.parametrize("part", range(PARTS))
def test_two_hundred_thousand_structured_inputs_raise_nothing_but_credential_error(part):
    rng = random.Random(part)
    seeds = [*cards(part)][:8]
    documents = [city.signed_key_set(city.key_set().encode()), city.sign(b"\xa0", protected=_header(rng))]
    readers = (codec.open_text, tolerant.read)
    outcomes = dict.fromkeys(Reason, 0)
    for count in range(INPUTS // PARTS):
        octets = _structured(rng, rng.choice(seeds + documents))
        text = base45.encode(zlib.compress(octets, 1) if count % 8 else octets)
        for read in (*readers, lambda _, octets=octets: _read_document(rng, octets)):
            try:
                read(text)
            except CredentialError as error:
                outcomes[error.reason] += 1
    # The inputs get past the first door: all layers say something.
    assert outcomes[Reason.MALFORMED] > 1000 and outcomes[Reason.UNSUPPORTED] > 1000


def _read_document(rng: random.Random, octets: bytes) -> None:
    kind = rng.randrange(3)
    if kind == 0:
        keyset.read_unverified(octets)
    elif kind == 1:
        statuslist.parse(octets)
    else:
        commitmentlist.verify(octets, key=KEYS["card"])


def _structured(rng: random.Random, octets: bytes) -> bytes:
    """A credential taken apart and put together with one part or several replaced."""
    kind = rng.randrange(4)
    if kind == 0:
        changed = bytearray(octets)
        for _ in range(rng.randint(1, 4)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        return bytes(changed)
    if kind == 1:
        start = rng.randrange(len(octets))
        return octets[:start] + rng.randbytes(rng.randrange(6)) + octets[start + rng.randrange(6) :]
    parts = cbor2.loads(octets[1:])
    content = dict(cbor2.loads(parts[2]))
    if kind == 2:
        content[rng.choice([*content, 0, 2, 5, "x", -1, 2**64])] = _value(rng, 3)
        parts[2] = cbor2.dumps(dict(sorted(content.items(), key=str)) if rng.randrange(2) else content)
    else:
        parts[rng.randrange(4)] = rng.choice([_value(rng, 2), _header(rng), cbor2.dumps(_value(rng, 2))])
    return rng.choice([b"\xd2", b"\xd2", b"", b"\xd8\x3d\xd2", b"\xd1"]) + cbor2.dumps(parts)


def _header(rng: random.Random) -> bytes:
    return cbor2.dumps({rng.choice([1, 4, 16, 2, "a"]): _value(rng, 1), rng.choice([1, 4, 16]): _value(rng, 1)})


def _value(rng: random.Random, depth: int) -> object:
    kind = rng.randrange(11 if depth else 9)
    if kind == 9:
        return [_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    if kind == 10:
        keys = rng.choices([0, 1, 4, 8, 62, -1, "idx", "uri", b"k", 1.5, None, True], k=rng.randrange(4))
        return {key: _value(rng, depth - 1) for key in keys}
    return (
        rng.randrange(30),
        -rng.randrange(2**40),
        rng.randrange(2**64),
        rng.randbytes(rng.choice([0, 8, 16, 17])),
        rng.choice(["", "x", "health", "19840229", "\U00020bb7" * 30]),
        rng.choice([True, False, None, cbor2.undefined]),
        rng.random() * 2 ** rng.randrange(80),
        cbor2.CBORTag(rng.choice([0, 1, 2, 18, 24, 28, 29, 35, 61, 258]), rng.choice([0, b"\1", "a"])),
        float("nan"),
    )[kind]


BOMBS = {
    "zeros": bytes(2_700_000),
    "arrays in arrays": b"\x81" * 65_536,
    "empty arrays": b"\xd2\x99\xff\xf0" + b"\x80" * 65_520,
    "empty maps": b"\xd2\x99\xff\xf0" + b"\xa0" * 65_520,
    "keys": cbor2.dumps(dict.fromkeys(range(800), 0)),
    "texts": cbor2.dumps(["\u20ac" * 5] * 4_000),
    "nested arrays": b"\xd2" + cbor2.dumps([[[[[[[0]]]]]]] * 8_000),
    "a payload of integers": city.sign(cbor2.dumps([0] * 65_000)),
    "a payload of maps": city.sign(cbor2.dumps([{}] * 65_000)),
    "a header of arrays": city.sign(b"", protected=cbor2.dumps([[]] * 65_000)),
    "an array said to be huge": b"\xd2\x9b\x00\x00\x00\xff\xff\xff\xff\xff",
    "a string said to be huge": b"\xd2\x84\x5b\x00\x00\x00\xff\xff\xff\xff\xff",
}


@pytest.mark.parametrize("read", [codec.open_text, tolerant.read], ids=["strict", "tolerant"])
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_costs_50_ms_of_the_processor_at_most(bomb, read):
    text = base45.encode(zlib.compress(BOMBS[bomb], 9))
    assert len(text) <= codec.MAX_TEXT

    def refused() -> None:
        with pytest.raises(CredentialError):
            read(text)

    # A busy machine is slower at everything: 50 ms are counted in signature checks, of which a quiet one does 800.
    taken = min(_seconds(refused) / _seconds(_check_800_signatures) for _ in range(4))
    assert taken < 1


def _check_800_signatures() -> None:
    signed = cose.parse(city.sign(_content(0).encode()))
    for _ in range(800):
        assert signed.verified_by(KEYS["card"])


def _seconds(work: Callable[[], None]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


READ_ALL = """
import sys
from pathlib import Path
from cardservice.credential import codec, tolerant
from cardservice.credential.reasons import CredentialError

def kilobytes(name):
    status = Path("/proc/self/status").read_text()
    return int(status.split(name + ":")[1].split()[0])

texts = sys.stdin.read().splitlines()
for text in ["0" * 30, *texts]:
    for read in (codec.open_text, tolerant.read):
        try:
            read(text)
        except CredentialError:
            pass
    if text == "0" * 30:
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here: proc(5)
        before = kilobytes("VmRSS")
print(kilobytes("VmHWM") - before)
"""


def test_all_bombs_together_take_16_mib_at_most_in_a_process_of_their_own():
    texts = [base45.encode(compress(bomb)) for bomb in BOMBS.values() for compress in (zlib.compress, _brotli)]
    done = subprocess.run([sys.executable, "-c", READ_ALL], input="\n".join(texts), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 16 * 1024


def _brotli(octets: bytes) -> bytes:
    return brotli.compress(octets, lgwin=24)
