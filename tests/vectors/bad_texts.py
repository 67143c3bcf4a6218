"""QR texts that no implementation may accept, broken in base45, in zlib or in the COSE_Sign1 around the claims."""

import hashlib
import zlib
from collections.abc import Iterator

import cbor2

from cardservice.credential import base45, cose, keys
from cardservice.credential.keys import EDDSA, ES256
from cardservice.credential.reasons import Reason
from tests.vectors import city

MALFORMED, TOO_LARGE, UNSUPPORTED = Reason.MALFORMED, Reason.TOO_LARGE, Reason.UNSUPPORTED
BAD_SIGNATURE = Reason.BAD_SIGNATURE
Bad = tuple[str, str, Reason]
"""What is wrong, the QR text, the reason."""

_ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493


def vectors() -> Iterator[Bad]:
    """All of them, in a fixed order."""
    yield from _base45()
    yield from _zlib()
    for name, octets, reason in (*_tags_and_array(), *_parts(), *_headers(), *_signatures()):
        yield name, city.text(octets), reason


def _payload() -> bytes:
    return city.claims("bad").encode()


def _base45() -> Iterator[Bad]:
    good = city.card("bad")
    yield "empty text", "", MALFORMED
    yield "text of 4,097 characters", "0" * 4097, TOO_LARGE
    yield "4,096 characters that are no base45", "0" * 4096, MALFORMED
    yield "lower case", good.lower(), MALFORMED
    yield "a prefix as health certificates have", "HC1:" + good, MALFORMED
    yield "character outside the alphabet", good[:-1] + "_", MALFORMED
    yield "line feed behind the text", good + "\n", MALFORMED
    yield "space in front of the text", " " + good, MALFORMED
    yield "full-width digit", "\uff10" + good[1:], MALFORMED
    yield "a third character missing: length 1 modulo 3", good[: len(good) // 3 * 3 - 2], MALFORMED
    yield "triple of 65536", _triple(65_536) + good[3:], MALFORMED
    yield "highest triple, 91124", ":::" + good[3:], MALFORMED
    yield "last pair of 256", base45.encode(b"\x78\xda") + _pair(256), MALFORMED
    yield "highest pair, 2024", base45.encode(b"\x78\xda") + "::", MALFORMED
    yield "two zero bytes behind the zlib stream", _appended(b"\0\0"), MALFORMED


def _pair(value: int) -> str:
    letters = base45.ALPHABET.decode()
    return letters[value % 45] + letters[value // 45]


def _triple(value: int) -> str:
    return _pair(value % 2025) + base45.ALPHABET.decode()[value // 2025]


def _appended(more: bytes) -> str:
    return base45.encode(zlib.compress(city.sign(_payload()), 9) + more)


def _zlib() -> Iterator[Bad]:
    signed = city.sign(_payload())
    stream = zlib.compress(signed, 9)
    broken = {
        "not compressed": signed,
        "bare deflate without zlib header": stream[2:-4],
        "gzip instead of zlib": _with_window(signed, 31),
        "nothing but a zlib header": stream[:2],
        "deflate stream cut": stream[:-20],
        "Adler checksum missing": stream[:-4],
        "Adler checksum one byte short": stream[:-1],
        "Adler checksum wrong": stream[:-1] + bytes([stream[-1] ^ 1]),
        "one byte behind the zlib stream": stream + b"\0",
        "a second zlib stream behind the first": stream + stream,
        "preset dictionary (FDICT)": _with_dictionary(signed),
        "window of 64 kB": _zlib_header(0x88) + stream[2:],
        "another method than deflate": _zlib_header(0x77) + stream[2:],
        "zlib header check wrong": b"\x78\xdb" + stream[2:],
        "reserved block type": b"\x78\xda\x07" + stream[3:],
        "nothing inside": zlib.compress(b"", 9),
        "65,536 zero bytes inside": zlib.compress(bytes(65_536), 9),
    }
    for name, octets in broken.items():
        yield f"zlib: {name}", base45.encode(octets), MALFORMED
    yield "zlib: 65,537 bytes inside", base45.encode(zlib.compress(bytes(65_537), 9)), TOO_LARGE
    yield "zlib: two million bytes inside", base45.encode(zlib.compress(bytes(2_000_000), 9)), TOO_LARGE
    padded = cbor2.dumps([1, {}, b"x" * 65_600, b""])
    yield "zlib: a credential of more than 65,536 bytes", base45.encode(zlib.compress(b"\xd2" + padded, 9)), TOO_LARGE


def _with_window(octets: bytes, window: int) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, window)
    return stream.compress(octets) + stream.flush()


def _with_dictionary(octets: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_DEFAULT_STRATEGY, octets[:100])
    return stream.compress(octets) + stream.flush()


def _zlib_header(first: int) -> bytes:
    return bytes(
        [first, next(flags for flags in range(0xC0, 0x100) if not flags & 0x20 and (first << 8 | flags) % 31 == 0)]
    )


def _tags_and_array() -> Iterator[tuple[str, bytes, Reason]]:
    good = city.sign(_payload())
    protected, unprotected, payload, signature = cbor2.loads(good[1:])
    yield "COSE: byte behind the COSE_Sign1", good + b"\0", MALFORMED
    yield "COSE: cut by one byte", good[:-1], MALFORMED
    yield "COSE: no tag", good[1:], UNSUPPORTED
    yield "COSE: tag 61 (CWT) around tag 18", b"\xd8\x3d" + good, UNSUPPORTED
    yield "COSE: tag 18 in two bytes", b"\xd8\x12" + good[1:], UNSUPPORTED
    yield "COSE: tag 17 (COSE_Mac0)", b"\xd1" + good[1:], UNSUPPORTED
    yield "COSE: tag 98 (COSE_Sign)", b"\xd8\x62" + good[1:], UNSUPPORTED
    yield "COSE: tag 55799 (self-described CBOR)", b"\xd9\xd9\xf7" + good, UNSUPPORTED
    yield "COSE: tag 18 twice", b"\xd2" + good, UNSUPPORTED
    yield "COSE: no CBOR", b"\xff\xff", MALFORMED
    yield "COSE: a bare integer", b"\x01", UNSUPPORTED
    yield "COSE: a tagged integer", b"\xd2\x01", MALFORMED
    yield "COSE: array of three", b"\xd2" + cbor2.dumps([protected, unprotected, payload]), MALFORMED
    yield "COSE: array of five", b"\xd2" + cbor2.dumps([protected, {}, payload, signature, b""]), MALFORMED
    yield "COSE: array length in two bytes", b"\xd2\x98\x04" + good[2:], MALFORMED
    yield "COSE: array of indefinite length", b"\xd2\x9f" + good[2:] + b"\xff", MALFORMED


def _parts() -> Iterator[tuple[str, bytes, Reason]]:
    good = city.sign(_payload())
    protected, _, payload, signature = cbor2.loads(good[1:])

    def assembled(*parts: bytes) -> bytes:
        return b"\xd2\x84" + b"".join(parts)

    head, body, tail = cbor2.dumps(protected), cbor2.dumps(payload), cbor2.dumps(signature)
    yield "COSE: protected header is a map", assembled(protected, b"\xa0", body, tail), MALFORMED
    yield "COSE: kid in the unprotected header too", assembled(head, b"\xa1\x04\x41\x00", body, tail), UNSUPPORTED
    yield "COSE: unknown unprotected header", assembled(head, b"\xa1\x18\x63\x00", body, tail), UNSUPPORTED
    yield "COSE: unprotected header is an array", assembled(head, b"\x80", body, tail), MALFORMED
    yield "COSE: unprotected header of indefinite length", assembled(head, b"\xbf\xff", body, tail), MALFORMED
    yield "COSE: payload detached (nil)", assembled(head, b"\xa0\xf6", tail), UNSUPPORTED
    yield "COSE: payload is a map", assembled(head, b"\xa0", payload, tail), MALFORMED
    yield "COSE: payload is text", assembled(head, b"\xa0\x61x", tail), MALFORMED
    yield (
        "COSE: payload length in four bytes",
        assembled(head, b"\xa0\x5a", len(payload).to_bytes(4), payload, tail),
        MALFORMED,
    )
    yield (
        "COSE: payload length in two bytes",
        assembled(head, b"\xa0\x59", len(payload).to_bytes(2), payload, tail),
        MALFORMED,
    )
    yield "COSE: payload in chunks", assembled(head, b"\xa0\x5f", body, b"\xff", tail), MALFORMED
    yield "COSE: payload longer than all", assembled(head, b"\xa0\x5b\x7f" + b"\xff" * 7, payload, tail), MALFORMED
    yield (
        "COSE: protected header length in two bytes",
        assembled(b"\x58\x0d", protected, b"\xa0", body, tail),
        MALFORMED,
    )
    for length in (0, 63, 65, 96):
        other = cbor2.dumps((signature * 2)[:length])
        yield f"COSE: signature of {length} bytes", assembled(head, b"\xa0", body, other), MALFORMED
    yield "COSE: signature length in two bytes", assembled(head, b"\xa0", body, b"\x59\x00\x40", signature), MALFORMED
    yield "COSE: signature is text", assembled(head, b"\xa0", body, b"\x78\x40" + b"0" * 64), MALFORMED


def _headers() -> Iterator[tuple[str, bytes, Reason]]:
    kid = city.kid("card")
    headers = {
        "empty byte string": (b"", MALFORMED),
        "empty map": (b"\xa0", UNSUPPORTED),
        "an array": (b"\x80", MALFORMED),
        "byte behind the map": (b"\xa2\x01\x26\x04\x48" + kid + b"\0", MALFORMED),
        "keys unsorted": (b"\xa2\x04\x48" + kid + b"\x01\x26", MALFORMED),
        "alg twice": (b"\xa3\x01\x26\x01\x27\x04\x48" + kid, MALFORMED),
        "alg in two bytes": (b"\xa2\x01\x38\x06\x04\x48" + kid, MALFORMED),
        "indefinite length": (b"\xbf\x01\x26\x04\x48" + kid + b"\xff", MALFORMED),
        "no kid": (cbor2.dumps({1: -7}), UNSUPPORTED),
        "no alg": (cbor2.dumps({4: kid}), UNSUPPORTED),
        "kid of 7 bytes": (cbor2.dumps({1: -7, 4: kid[:7]}), UNSUPPORTED),
        "kid of 9 bytes": (cbor2.dumps({1: -7, 4: kid + b"\0"}), UNSUPPORTED),
        "kid of no bytes": (cbor2.dumps({1: -7, 4: b""}), UNSUPPORTED),
        "kid is text": (cbor2.dumps({1: -7, 4: "kidkidki"}), UNSUPPORTED),
        "alg is text": (cbor2.dumps({1: "ES256", 4: kid}), UNSUPPORTED),
        "alg is true": (cbor2.dumps({1: True, 4: kid}), UNSUPPORTED),
        "alg is a float": (cbor2.dumps({1: -7.0, 4: kid}), UNSUPPORTED),
        "alg 0": (cbor2.dumps({1: 0, 4: kid}), UNSUPPORTED),
        "alg 5 (HMAC)": (cbor2.dumps({1: 5, 4: kid}), UNSUPPORTED),
        "alg -35 (ES384)": (cbor2.dumps({1: -35, 4: kid}), UNSUPPORTED),
        "alg -37 (PS256)": (cbor2.dumps({1: -37, 4: kid}), UNSUPPORTED),
        "crit": (cbor2.dumps({1: -7, 2: [4], 4: kid}), UNSUPPORTED),
        "content type": (cbor2.dumps({1: -7, 3: 61, 4: kid}), UNSUPPORTED),
        "typ of a status list": (cbor2.dumps({1: -7, 4: kid, 16: "application/statuslist+cwt"}), UNSUPPORTED),
        "typ of a CWT": (cbor2.dumps({1: -7, 4: kid, 16: 61}), UNSUPPORTED),
        "text key": (cbor2.dumps({1: -7, 4: kid, "x": 0}), UNSUPPORTED),
        "byte string key": (cbor2.dumps({1: -7, 4: kid, b"x": 0}), UNSUPPORTED),
        "certificate chain": (cbor2.dumps({1: -7, 4: kid, 33: b"\0"}), UNSUPPORTED),
    }
    for name, (protected, reason) in headers.items():
        yield f"protected header: {name}", city.sign(_payload(), protected=protected), reason


def _signatures() -> Iterator[tuple[str, bytes, Reason]]:
    payload = _payload()
    protected = cose.protected_header(alg=ES256, kid=city.kid("card"))
    signature = keys.sign(city.private_key("card"), cose.message_to_sign(protected=protected, payload=payload))
    scalar = signature[32:]
    zero, order = bytes(32), city.P256_ORDER.to_bytes(32)
    signatures = {
        "one bit changed": bytes([signature[0] ^ 1]) + signature[1:],
        "all zero": bytes(64),
        "r is zero": zero + scalar,
        "s is zero": signature[:32] + zero,
        "r is the order": order + scalar,
        "s is the order": signature[:32] + order,
        "all ones": b"\xff" * 64,
        "r and s swapped": scalar + signature[:32],
        "over the payload alone": keys.sign(city.private_key("card"), payload),
        "by another key": keys.sign(
            city.private_key("forger"), cose.message_to_sign(protected=protected, payload=payload)
        ),
        "over a digest of the message": keys.sign(
            city.private_key("card"),
            hashlib.sha256(cose.message_to_sign(protected=protected, payload=payload)).digest(),
        ),
        "with context Signature": keys.sign(
            city.private_key("card"), cbor2.dumps(["Signature", protected, b"", b"", payload])
        ),
        "with external data": keys.sign(
            city.private_key("card"), cbor2.dumps(["Signature1", protected, b"x", payload])
        ),
    }
    for name, other in signatures.items():
        signed = cose.assemble(protected=protected, payload=payload, signature=other)
        yield f"signature: {name}", signed, BAD_SIGNATURE
    changed = city.claims("bad", name="Eve Example").encode()
    yield (
        "signature: another name under it",
        cose.assemble(protected=protected, payload=changed, signature=signature),
        BAD_SIGNATURE,
    )
    for alg in (-8, -19):
        swapped = cose.protected_header(alg=alg, kid=city.kid("card"))
        yield f"signature: ES256 under a header of alg {alg}", city.sign(payload, protected=swapped), BAD_SIGNATURE
    edwards = cose.protected_header(alg=EDDSA, kid=city.kid("card EdDSA", alg=EDDSA))
    message = cose.message_to_sign(protected=edwards, payload=payload)
    made = keys.sign(city.private_key("card EdDSA", alg=EDDSA), message)
    beyond = made[:32] + (int.from_bytes(made[32:], "little") + _ED25519_ORDER).to_bytes(32, "little")
    yield (
        "signature: Ed25519 with S beyond the order",
        cose.assemble(protected=edwards, payload=payload, signature=beyond),
        BAD_SIGNATURE,
    )
    swapped = cose.protected_header(alg=ES256, kid=city.kid("card EdDSA", alg=EDDSA))
    yield (
        "signature: Ed25519 under a header of alg -7",
        city.sign(payload, key="card EdDSA", alg=EDDSA, protected=swapped),
        BAD_SIGNATURE,
    )
