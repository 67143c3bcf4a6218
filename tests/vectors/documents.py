"""Signed documents that readers accept or refuse: key sets, status lists, commitment lists."""

import hashlib
import zlib
from collections.abc import Iterator
from typing import Any

from cardservice.credential import cbor, commitmentlist, cose, keys, keyset, statuslist
from cardservice.credential.keys import EDDSA, ES256
from cardservice.credential.keyset import Key, KeySet, State, Use
from cardservice.credential.reasons import Reason
from tests.vectors import city

MALFORMED, UNSUPPORTED, BAD_SIGNATURE = Reason.MALFORMED, Reason.UNSUPPORTED, Reason.BAD_SIGNATURE
Bad = tuple[str, bytes, Reason]
_SEQ, _NEXT_ROOT, _KEYS, _ROOT = -65600, -65601, -65602, -65603
_KID, _USE, _NOT_BEFORE, _CAP, _STATE, _REALM, _COMMITMENTS = 2, -65610, -65611, -65613, -65614, -65615, -65616
_MISSING = object()
_P = 2**255 - 19
_REALMS = ("production", "demo")


def good_key_sets() -> Iterator[tuple[str, bytes, KeySet]]:
    """What is special, the document, what it says."""
    every_state = tuple(
        city.key_entry(f"card {state}", Use.CARD, state=state, cap=0 if state is State.RETIRED else 5000)
        for state in State
    )
    compromised = city.key_entry("card", Use.CARD, state=State.COMPROMISED, commitments=city.octets("digest", 32))
    for name, content in (
        ("one card key and one status key", city.key_set()),
        ("every state", city.key_set(*every_state)),
        ("every use", city.key_set(*(city.key_entry(f"use {use}", use) for use in Use))),
        ("an Ed25519 key", city.key_set(city.key_entry("card EdDSA", Use.CARD, alg=EDDSA))),
        ("a compromised key with its commitments", city.key_set(compromised)),
        ("a root that followed another", city.key_set(root=city.public_key("root"))),
        ("keys of two realms", city.key_set(*(city.key_entry(realm, Use.CARD, realm=realm) for realm in _REALMS))),
    ):
        yield name, city.signed_key_set(content.encode()), content


def root_changes() -> Iterator[tuple[str, dict[str, bytes], list[tuple[str, str]], int]]:
    """Name, documents in the order of their acceptance, those refused and why, `seq` of the set then in force."""
    first = city.signed_key_set(city.key_set(seq=7).encode())
    later = city.signed_key_set(city.key_set(seq=8).encode())
    second = _under("next root", seq=9)
    third = _under("third root", seq=11)
    former = keyset.bundle_former([later, _under("next root", seq=10, announces="third root")])
    stranger = _under("stranger", seq=9)
    bare = city.signed_key_set(city.key_set(seq=9).encode(), key="next root")
    twin = city.signed_key_set(city.key_set(seq=7, exp=city.NOW + 1).encode())
    wrong = [("key-set/2", "wrong_signer")]
    yield "the announced root", {"key-set/1": first, "key-set/2": second}, [], 9
    yield "a root that was not announced", {"key-set/1": first, "key-set/2": stranger}, wrong, 7
    yield "the announced root, which the set does not carry", {"key-set/1": first, "key-set/2": bare}, wrong, 7
    old = {"key-set/1": first, "key-set/2": second, "key-set/3": later}
    yield "the former root again", old, [("key-set/3", "wrong_signer")], 9
    alone = {"key-set/1": second}
    yield "the announced root to who knows no set", alone, [("key-set/1", "wrong_signer")], 0
    yield "two changes at once", {"former-sets": former, "key-set/1": third}, [], 11
    yield "two changes behind a set in force", {"key-set/1": first, "former-sets": former, "key-set/2": third}, [], 11
    forked = {"key-set/1": first, "former-sets": keyset.bundle_former([twin]), "key-set/2": second}
    yield "a former set that contradicts the one in force", forked, [("former-sets", "equivocation")], 9


def _under(root: str, *, seq: int, announces: str = "fourth root") -> bytes:
    following = keyset.thumbprint(city.public_key(announces))
    content = city.key_set(seq=seq, root=city.public_key(root), next_root=following)
    return city.signed_key_set(content.encode(), key=root)


def described(content: KeySet) -> dict[str, Any]:
    """A key set as JSON."""
    return {
        "issuer": content.issuer,
        "seq": content.seq,
        "iat": content.iat,
        "exp": content.exp,
        "next_root": content.next_root.hex(),
        "root": cbor.dumps(keys.to_cose_key(content.root)).hex() if content.root else None,
        "keys": [_described_key(key) for key in content.keys],
    }


def _described_key(key: Key) -> dict[str, Any]:
    return {
        "kid": key.kid.hex(),
        "use": key.use.value,
        "alg": key.public.alg,
        "cose_key": cbor.dumps(keys.to_cose_key(key.public)).hex(),
        "not_before": key.not_before,
        "not_after": key.not_after,
        "cap": key.cap,
        "state": key.state.value,
        "realm": key.realm,
        "commitments": key.commitments.hex() if key.commitments else None,
    }


def bad_key_sets() -> Iterator[Bad]:
    """What is wrong, the document, the reason."""
    payload = city.key_set().encode()
    good = city.signed_key_set(payload)
    entry = cbor.loads(payload)[_KEYS][0]
    yield "byte behind the document", good + b"\0", MALFORMED
    yield "one bit of the signature changed", good[:-1] + bytes([good[-1] ^ 1]), BAD_SIGNATURE
    yield "signed by the next root", city.signed_key_set(payload, key="next root"), Reason.UNKNOWN_KEY
    following = city.key_set(root=city.public_key("next root")).encode()
    yield "a root that nobody announced", city.signed_key_set(following, key="next root"), Reason.UNKNOWN_KEY
    header = cose.protected_header(alg=ES256, kid=city.kid("root"))
    yield "no typ", city.sign(payload, key="root", protected=header), UNSUPPORTED
    header = statuslist.cwt_header(alg=ES256, kid=city.kid("root"))
    yield "typ of a status list", city.sign(payload, key="root", protected=header), UNSUPPORTED
    for name, changed in _CHANGED_SETS:
        yield name, city.signed_key_set(_changed(cbor.loads(payload), changed)), UNSUPPORTED
    twin = entry | {_USE: "status", _KID: city.octets("other kid", 8)}
    entries = {"a key twice": [entry, entry], "a key under two kids": [entry, twin]}
    entries |= {f"key: {name}": [_changed_key(entry, changed)] for name, changed in _CHANGED_KEYS}
    for name, x in _bad_edwards_points():
        entries[f"key: Ed25519 {name}"] = [_changed_key(entry, {1: 1, 3: -8, -1: 6, -2: x, -3: _MISSING})]
    for name, changed_entries in entries.items():
        yield name, city.signed_key_set(_changed(cbor.loads(payload), {_KEYS: changed_entries})), UNSUPPORTED


def _changed_key(entry: dict[Any, Any], changed: dict[int, Any]) -> dict[Any, Any]:
    """The entry with changes and with the kid that then follows, so that the kid is never what is wrong."""
    changed_entry = {key: value for key, value in (entry | changed).items() if value is not _MISSING}
    if _KID not in changed:
        required = {key: changed_entry[key] for key in (1, -1, -2, -3) if key in changed_entry}
        changed_entry[_KID] = hashlib.sha256(cbor.dumps(required)).digest()[:8]
    return changed_entry


_CHANGED_SETS: tuple[tuple[str, dict[int, Any]], ...] = (
    ("no keys", {_KEYS: []}),
    ("keys are a map", {_KEYS: {}}),
    ("a key is an integer", {_KEYS: [1]}),
    ("seq 0", {_SEQ: 0}),
    ("seq negative", {_SEQ: -1}),
    ("seq is text", {_SEQ: "7"}),
    ("next root of 31 bytes", {_NEXT_ROOT: bytes(31)}),
    ("no next root", {_NEXT_ROOT: _MISSING}),
    ("iss is a byte string", {1: b"x"}),
    ("exp missing", {4: _MISSING}),
    ("iat is text", {6: "x"}),
    ("unknown claim", {-65699: 0}),
    ("carried root is another than the signer", {_ROOT: keys.to_cose_key(city.public_key("next root"))}),
    ("carried root has a kid", {_ROOT: keys.to_cose_key(city.public_key("root")) | {2: city.kid("root")}}),
    ("carried root is bytes", {_ROOT: city.cose_key("root")}),
    ("carried root of small order", {_ROOT: {1: 1, 3: -8, -1: 6, -2: (1).to_bytes(32, "little")}}),
)

_CHANGED_KEYS: tuple[tuple[str, dict[int, Any]], ...] = (
    ("kid that is not the thumbprint's start", {_KID: bytes(8)}),
    ("kid of 7 bytes", {_KID: bytes(7)}),
    ("no kid", {_KID: _MISSING}),
    ("unknown use", {_USE: "everything"}),
    ("no use", {_USE: _MISSING}),
    ("unknown state", {_STATE: "suspended"}),
    ("window is text", {_NOT_BEFORE: "today"}),
    ("cap negative", {_CAP: -1}),
    ("realm is a byte string", {_REALM: b"demo"}),
    ("commitments of an active key", {_COMMITMENTS: bytes(32)}),
    ("commitments of 31 bytes", {_COMMITMENTS: bytes(31), _STATE: "compromised"}),
    ("a private half", {-4: bytes(32)}),
    ("key_ops", {4: [2]}),
    ("alg of the other kind", {3: -8}),
    ("alg -9", {3: -9}),
    ("no alg", {3: _MISSING}),
    ("kty of the other kind", {1: 1}),
    ("kty 4 (symmetric)", {1: 4}),
    ("curve P-384", {-1: 2}),
    ("curve secp256k1", {-1: 8}),
    ("x of 31 bytes", {-2: bytes(31)}),
    ("x of 33 bytes", {-2: b"\0" + city.octets("x", 32)}),
    ("y as a sign", {-3: 1}),
    ("y missing", {-3: _MISSING}),
    ("point off the curve", {-3: (1).to_bytes(32)}),
    ("point (0, 0)", {-2: bytes(32), -3: bytes(32)}),
    ("x beyond the field", {-2: (city.P256_FIELD + city.SMALL_X).to_bytes(32), -3: city.SMALL_Y.to_bytes(32)}),
)


def _bad_edwards_points() -> Iterator[tuple[str, bytes]]:
    order_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
    for order, y in ((1, 1), (2, _P - 1), (4, 0), (8, order_8), (8, _P - order_8)):
        for sign in (0, 1):
            yield f"point of order {order}, y {y % 1000}, sign {sign}", (y | sign << 255).to_bytes(32, "little")
    yield "point off the curve", (2).to_bytes(32, "little")
    for beyond in (0, 1, 3):
        yield f"y beyond the field by {beyond}", (_P + beyond).to_bytes(32, "little")
    yield "x of 31 bytes", bytes(31)


def good_status_lists() -> Iterator[dict[str, Any]]:
    """The two forms of a list and what they say."""
    for name, number, size, blocked in (
        ("nothing blocked", 0, 2**20, ()),
        ("the bits of the example in Token Status List section 4.1", 1, 16, (0, 3, 4, 5, 7, 8, 9, 13, 15)),
        ("first, last and some between", 1023, 2**20, (0, 1, 8, 4711, 65_535, 2**20 - 1)),
    ):
        bits = bits_of(blocked, size=size)
        uri, iat = f"{city.ISSUER}/s/{number}", city.NOW - 60
        compressed = statuslist.compress(bits)
        unsigned = statuslist.jwt_signing_input(
            alg=ES256, kid=city.kid("status"), uri=uri, iat=iat, compressed=compressed
        )
        signature = keys.sign(city.private_key("status"), unsigned)
        yield {
            "name": name,
            "cwt": status_list(number=number, bits=bits).hex(),
            "jwt": statuslist.jwt(signing_input=unsigned, signature=signature).decode(),
            "uri": uri,
            "iat": iat,
            "exp": iat + 604_800,
            "size": size,
            "set": list(blocked),
        }


def bits_of(blocked: tuple[int, ...], *, size: int = 2**20) -> bytes:
    """Entry n at bit n % 8 of byte n // 8."""
    bits = bytearray(size // 8)
    for index in blocked:
        bits[index // 8] |= 1 << index % 8
    return bytes(bits)


def status_list(*, number: int = 0, bits: bytes, iat: int = city.NOW - 60, key: str = "status") -> bytes:
    """A signed status list (CWT)."""
    compressed = statuslist.compress(bits)
    payload = statuslist.cwt_payload(uri=f"{city.ISSUER}/s/{number}", iat=iat, compressed=compressed)
    return city.sign(payload, key=key, protected=statuslist.cwt_header(alg=ES256, kid=city.kid(key)))


def bad_status_lists() -> Iterator[Bad]:
    """What is wrong, the document (CWT), the reason."""
    good = status_list(bits=bytes(16))
    payload = cbor.loads(cbor.loads(good[1:])[2])
    header = statuslist.cwt_header(alg=ES256, kid=city.kid("status"))
    lst = payload[65533]["lst"]

    def signed(changed: dict[int, Any]) -> bytes:
        return city.sign(_changed(payload, changed), key="status", protected=header)

    def listed(compressed: Any, bits: Any = 1, **more: Any) -> bytes:
        return signed({65533: {"bits": bits, "lst": compressed, **more}})

    yield "byte behind the document", good + b"\0", MALFORMED
    yield "one bit of the signature changed", good[:-1] + bytes([good[-1] ^ 1]), BAD_SIGNATURE
    no_typ = cose.protected_header(alg=ES256, kid=city.kid("status"))
    yield "no typ", city.sign(cbor.dumps(payload), key="status", protected=no_typ), UNSUPPORTED
    jwt_typ = cose.protected_header(alg=ES256, kid=city.kid("status"), typ="statuslist+jwt")
    yield "typ of the JWT form", city.sign(cbor.dumps(payload), key="status", protected=jwt_typ), UNSUPPORTED
    yield "payload is an array", city.sign(b"\x80", key="status", protected=header), UNSUPPORTED
    for name, changed in (
        ("no ttl", {65534: _MISSING}),
        ("no exp", {4: _MISSING}),
        ("sub is a byte string", {2: b"x"}),
        ("iat is text", {6: "now"}),
        ("iss, which no list has", {1: city.ISSUER}),
        ("list is a byte string", {65533: lst}),
    ):
        yield name, signed(changed), UNSUPPORTED
    yield "two bits an entry", listed(lst, 2), UNSUPPORTED
    yield "bits is true", listed(lst, True), UNSUPPORTED
    yield "lst is text", listed("eNo"), UNSUPPORTED
    yield "aggregation uri", listed(lst, aggregation_uri=city.ISSUER), UNSUPPORTED
    yield "lst: Adler checksum one byte short", listed(lst[:-1]), MALFORMED
    yield "lst: byte behind the stream", listed(lst + b"\0"), MALFORMED
    yield "lst: bare deflate", listed(lst[2:-4]), MALFORMED
    yield "lst: empty", listed(b""), MALFORMED
    yield "lst: 2^20 + 8 entries", listed(zlib.compress(bytes(2**17 + 1), 9)), Reason.TOO_LARGE
    yield "lst: ten million bytes", listed(zlib.compress(bytes(10_000_000), 9)), Reason.TOO_LARGE


def commitments(*entries: bytes, key: str = "card", signer: str = "status") -> bytes:
    """A signed commitment list of the card key called `key`."""
    payload = commitmentlist.payload(kid=city.kid(key), iat=city.NOW - 60, commitments=list(entries))
    return city.sign(payload, key=signer, protected=commitmentlist.header(alg=ES256, kid=city.kid(signer)))


def good_commitment_lists() -> Iterator[tuple[str, bytes, list[bytes]]]:
    """What is special, the document, the commitments in it."""
    entries = [city.octets(f"commitment {n}", 16) for n in range(5)]
    yield "no commitment", commitments(), []
    yield "five commitments", commitments(*entries), sorted(entries)


def bad_commitment_lists() -> Iterator[Bad]:
    """What is wrong, the document, the reason."""
    first, second = bytes(16), b"\1" * 16
    good = commitments(first, second)
    payload = cbor.loads(cbor.loads(good[1:])[2])
    header = commitmentlist.header(alg=ES256, kid=city.kid("status"))

    def signed(changed: dict[int, Any]) -> bytes:
        return city.sign(_changed(payload, changed), key="status", protected=header)

    yield "byte behind the document", good + b"\0", MALFORMED
    yield "one bit of the signature changed", good[:-1] + bytes([good[-1] ^ 1]), BAD_SIGNATURE
    no_typ = cose.protected_header(alg=ES256, kid=city.kid("status"))
    yield "no typ", city.sign(cbor.dumps(payload), key="status", protected=no_typ), UNSUPPORTED
    yield "unsorted", signed({-65621: second + first}), MALFORMED
    yield "one twice", signed({-65621: first + first}), MALFORMED
    yield "17 bytes", signed({-65621: bytes(17)}), UNSUPPORTED
    yield "an array of commitments", signed({-65621: [first, second]}), UNSUPPORTED
    yield "kid of 7 bytes", signed({-65620: bytes(7)}), UNSUPPORTED
    yield "iat is text", signed({6: "now"}), UNSUPPORTED
    yield "unknown member", signed({1: city.ISSUER}), UNSUPPORTED


def _changed(values: dict[Any, Any], changed: dict[Any, Any]) -> bytes:
    return cbor.dumps({key: value for key, value in (values | changed).items() if value is not _MISSING})
