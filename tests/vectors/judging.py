"""Whole judgements: documents, a moment, an agreement's sector and face, a QR text, and the verdict that must come."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cardservice.credential import base45, cbor, commitmentlist, cose, keys
from cardservice.credential.calendar import DAY, WEEK, monday_of, month_after
from cardservice.credential.commitment import commitment
from cardservice.credential.keyset import Key, State, Use
from cardservice.credential.reasons import Reason
from tests.vectors import city, documents

BLOCKED_INDEX = 4712
_IAT = monday_of(city.NOW)
_SET_EXP = city.NOW + 90 * DAY
_LIST_IAT = city.NOW - 60
_LIST_EXP = _LIST_IAT + WEEK


@dataclass(frozen=True)
class Case:
    """One judgement. `documents` names an entry of `publications`; `reason` None means valid."""

    name: str
    reason: Reason | None
    qr: str
    documents: str = "usual"
    now: int = city.NOW
    sector: str | None = "health"
    face: str = "any"


def publications() -> dict[str, dict[str, bytes]]:
    """What a verifier has accepted, by name; each was accepted at city.NOW."""
    before_breach = city.claims("before breach")
    known = commitment(cti=before_breach.cti, payload=before_breach.encode())
    breached = documents.commitments(known)
    digest = commitmentlist.digest(breached)
    lists = {"s/0": documents.status_list(bits=documents.bits_of((BLOCKED_INDEX,)))}
    short = {"s/0": documents.status_list(bits=documents.bits_of((), size=4096))}
    compromised = _card_key(state=State.COMPROMISED, commitments=digest)
    return {
        "nothing": {},
        "usual": _published(_card_key()) | lists,
        "without lists": _published(_card_key()),
        "short list": _published(_card_key()) | short,
        "planned key": _published(_card_key(state=State.PLANNED)) | lists,
        "retired key": _published(_card_key(state=State.RETIRED)) | lists,
        "compromised key": _published(compromised) | lists | {f"commitments/{city.kid('card').hex()}": breached},
        "compromised key, its list missing": _published(compromised) | lists,
        "compromised key without a list": _published(_card_key(state=State.COMPROMISED)) | lists,
        "expires before the list": _published(_card_key(), exp=city.NOW + DAY) | lists,
    }


def _card_key(**changed: Any) -> Key:
    return city.key_entry("card", Use.CARD, **changed)


def _published(card_key: Key, **changed: Any) -> dict[str, bytes]:
    others = (
        city.key_entry("demo", Use.CARD, realm="demo"),
        city.key_entry("demo status", Use.STATUS, realm="demo"),
        city.key_entry("status", Use.STATUS),
    )
    return {"key-set": city.signed_key_set(city.key_set(card_key, *others, **changed).encode())}


def cases() -> Iterator[Case]:
    """All of them, in a fixed order."""
    yield from _valid()
    yield from _each_reason()
    yield from _precedence()
    yield from _edges()
    yield from _stale()


def _portrait(**changed: Any) -> str:
    return city.card("someone", photo=city.PHOTO, **changed)


def _forged(text_key: str = "card", **changed: Any) -> str:
    """A card under a signature that another key made."""
    payload = city.claims("someone", **changed).encode()
    protected = cose.protected_header(alg=-7, kid=city.kid(text_key))
    message = cose.message_to_sign(protected=protected, payload=payload)
    signature = keys.sign(city.private_key("forger"), message)
    return city.text(cose.assemble(protected=protected, payload=payload, signature=signature))


def _strange(**changed: Any) -> str:
    """A well signed credential with a claim that no card has."""
    return city.text(city.sign(cbor.dumps(cbor.loads(city.claims("someone", **changed).encode()) | {5: 1})))


def _valid() -> Iterator[Case]:
    yield Case("valid", None, city.card("someone"))
    yield Case("valid where the portrait is wanted", None, _portrait(), face="portrait")
    yield Case("valid in its own sector", None, city.card("someone", sector="health"))
    yield Case("valid in a sector when none is judged", None, city.card("someone", sector="health"), sector=None)
    yield Case("valid under a planned key: rotation needs no root", None, city.card("someone"), "planned key")
    yield Case("valid under a retired key", None, city.card("someone"), "retired key")
    yield Case("valid under a compromised key, issued before", None, city.card("before breach"), "compromised key")


def _each_reason() -> Iterator[Case]:
    other = {"issuer": "https://other.example"}
    yield Case("malformed", Reason.MALFORMED, "NO CARD")
    yield Case("too large", Reason.TOO_LARGE, "0" * 4097)
    yield Case("unsupported", Reason.UNSUPPORTED, _strange())
    yield Case("unknown issuer", Reason.UNKNOWN_ISSUER, city.card("someone", **other))
    yield Case("wrong realm", Reason.WRONG_REALM, city.card("someone", key="demo"))
    yield Case("unknown key", Reason.UNKNOWN_KEY, city.card("someone", key="stranger"))
    yield Case("unknown key: a status key signs no cards", Reason.UNKNOWN_KEY, city.card("someone", key="status"))
    yield Case("unknown key: the root signs no cards", Reason.UNKNOWN_KEY, city.card("someone", key="root"))
    yield Case("bad signature", Reason.BAD_SIGNATURE, _forged())
    late = "issued after the breach or never by the city"
    yield Case(f"key withdrawn: {late}", Reason.KEY_WITHDRAWN, city.card("someone"), "compromised key")
    changed = city.card("before breach", name="Eve Example")
    yield Case("key withdrawn: other claims under a listed cti", Reason.KEY_WITHDRAWN, changed, "compromised key")
    yield Case("not yet valid", Reason.NOT_YET_VALID, city.card("someone", iat=_IAT + WEEK))
    yield Case("expired", Reason.EXPIRED, city.card("someone", exp=month_after(city.NOW, months=-1)))
    yield Case("wrong sector", Reason.WRONG_SECTOR, city.card("someone", sector="culture"))
    yield Case("wrong face", Reason.WRONG_FACE, city.card("someone"), face="portrait")
    yield Case("blocked", Reason.BLOCKED, city.card("someone", index=BLOCKED_INDEX))
    yield Case("status unknown: no list", Reason.STATUS_UNKNOWN, city.card("someone"), "without lists")
    yield Case("status unknown: another list", Reason.STATUS_UNKNOWN, city.card("someone", list_number=1))
    yield Case("status unknown: list too short", Reason.STATUS_UNKNOWN, city.card("someone"), "short list")
    missing = "compromised key, its list missing"
    yield Case("status unknown: commitments missing", Reason.STATUS_UNKNOWN, city.card("before breach"), missing)
    never = "compromised key without a list"
    yield Case("status unknown: commitments never listed", Reason.STATUS_UNKNOWN, city.card("before breach"), never)
    yield Case("stale trust", Reason.STALE_TRUST, city.card("someone"), now=_LIST_EXP)


def _precedence() -> Iterator[Case]:
    """Each reason together with the next one: the first is the answer."""
    yield Case("too large, and no base45 either: not looked at", Reason.TOO_LARGE, "!" * 5000)
    bomb = base45.encode(zlib.compress(b"\xd9\xd9\xf7" + bytes(70_000), 9))
    yield Case("too large before unsupported", Reason.TOO_LARGE, bomb)
    other = {"issuer": "https://other.example"}
    yield Case("malformed before unknown issuer", Reason.MALFORMED, city.card("someone", **other) + "!")
    yield Case("unsupported before unknown issuer", Reason.UNSUPPORTED, _strange(**other))
    yield Case("unknown issuer before wrong realm", Reason.UNKNOWN_ISSUER, city.card("someone", key="demo", **other))
    demo_status = city.card("someone", key="demo status")
    yield Case("wrong realm before unknown key (a list key)", Reason.WRONG_REALM, demo_status)
    yield Case("wrong realm before bad signature", Reason.WRONG_REALM, _forged("demo"))
    yield Case("unknown key before bad signature", Reason.UNKNOWN_KEY, _forged("stranger"))
    yield Case("bad signature before key withdrawn", Reason.BAD_SIGNATURE, _forged(), "compromised key")
    early, late = _IAT - 27 * WEEK, _IAT + 26 * WEEK
    yield Case("key withdrawn before not yet valid", Reason.KEY_WITHDRAWN, city.card("someone", iat=late))
    past = month_after(city.NOW, months=-2)
    yield Case("key withdrawn before expired", Reason.KEY_WITHDRAWN, city.card("someone", iat=early, exp=past))
    both = city.card("someone", iat=_IAT + WEEK, exp=past)
    yield Case("not yet valid before expired", Reason.NOT_YET_VALID, both)
    both = city.card("someone", exp=past, sector="culture")
    yield Case("expired before wrong sector", Reason.EXPIRED, both)
    both = city.card("someone", sector="culture")
    yield Case("wrong sector before wrong face", Reason.WRONG_SECTOR, both, face="portrait")
    both = city.card("someone", index=BLOCKED_INDEX)
    yield Case("wrong face before blocked", Reason.WRONG_FACE, both, face="portrait")
    both = city.card("before breach", index=BLOCKED_INDEX)
    never = "compromised key without a list"
    yield Case("blocked before status unknown", Reason.BLOCKED, both, never)
    yield Case("blocked before stale trust", Reason.BLOCKED, city.card("x", index=BLOCKED_INDEX), now=_LIST_EXP)
    bare = city.card("someone")
    yield Case("status unknown before stale trust", Reason.STATUS_UNKNOWN, bare, "without lists", now=_SET_EXP)
    yield Case("wrong face before status unknown", Reason.WRONG_FACE, bare, "without lists", face="portrait")
    gone = _SET_EXP
    yield Case("bad signature before stale trust", Reason.BAD_SIGNATURE, _forged(), now=gone)
    yield Case("unknown issuer before stale trust", Reason.UNKNOWN_ISSUER, city.card("x", **other), "nothing")


def _edges() -> Iterator[Case]:
    card = city.card("someone", iat=_IAT + WEEK)
    start = _IAT + WEEK
    yield Case("iat ten minutes ahead", None, card, now=start - 600)
    yield Case("iat ten minutes and a second ahead", Reason.NOT_YET_VALID, card, now=start - 601)
    ending = city.card("someone", exp=month_after(city.NOW, months=0))
    end = month_after(city.NOW, months=0)
    yield Case("last second of the last month", None, ending, now=end - 1)
    yield Case("first second of the next month", Reason.EXPIRED, ending, now=end)
    first, last = _IAT - 26 * WEEK, _IAT + 25 * WEEK
    yield Case("first week of the key", None, city.card("someone", iat=first))
    yield Case("week before the key", Reason.KEY_WITHDRAWN, city.card("someone", iat=first - WEEK))
    far = city.card("someone", iat=last)
    yield Case("last week of the key, long ahead", Reason.NOT_YET_VALID, far)
    yield Case("first week after the key", Reason.KEY_WITHDRAWN, city.card("someone", iat=last + WEEK))
    yield Case("index one below the blocked one", None, city.card("someone", index=BLOCKED_INDEX - 1))
    yield Case("index one above the blocked one", None, city.card("someone", index=BLOCKED_INDEX + 1))
    yield Case("last index of the list", None, city.card("someone", index=2**20 - 1))
    yield Case("last index of a short list", None, city.card("someone", index=4095), "short list")
    yield Case("index behind a short list", Reason.STATUS_UNKNOWN, city.card("someone", index=4096), "short list")


def _stale() -> Iterator[Case]:
    card = city.card("someone")
    yield Case("no key set at all", Reason.STALE_TRUST, card, "nothing")
    yield Case("last second of the list", None, card, now=_LIST_EXP - 1)
    short_set = "expires before the list"
    yield Case("last second of the key set", None, card, short_set, now=city.NOW + DAY - 1)
    yield Case("first second after the key set", Reason.STALE_TRUST, card, short_set, now=city.NOW + DAY)
    stranger = city.card("someone", key="stranger")
    yield Case("unknown key, key set expired", Reason.STALE_TRUST, stranger, short_set, now=city.NOW + DAY)
    yield Case("clock at the newest signed time", None, card, now=_LIST_IAT)
    yield Case("clock before the newest signed time", Reason.STALE_TRUST, card, now=_LIST_IAT - 1)


def described(case: Case) -> dict[str, Any]:
    """A case as JSON."""
    return {
        "name": case.name,
        "documents": case.documents,
        "now": case.now,
        "sector": case.sector,
        "face": case.face,
        "qr": case.qr,
        "verdict": case.reason.verdict.value if case.reason else "valid",
        "reason": case.reason.value if case.reason else None,
    }
