"""The key-breach drill: steals issuing keys of a running demo home, forges with them, and counts what is believed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from cardservice import demo_root, key_files
from cardservice.cli.card_order import order_of
from cardservice.cli.desk_client import DeskClient, DeskRefused
from cardservice.credential import codec, commitmentlist, cose, keys, statuslist
from cardservice.credential.calendar import monday_of
from cardservice.credential.claims import Claims
from cardservice.credential.commitment import commitment
from cardservice.credential.keys import PrivateKey
from cardservice.credential.reasons import Verdict
from cardservice.home import Home
from issuance.orders import POLICY_VERSION
from verification.documents import read_published, read_root, take
from verification.trust import Trust
from verification.verifier import verify

CARDS = 3
Documents = Mapping[str, bytes]


@dataclass(frozen=True)
class Card:
    """An invented card of the drill: the order that made it, and the texts of its faces."""

    order: dict[str, object]
    faces: tuple[str, ...]


@dataclass(frozen=True)
class Loot:
    """What the thief has: issuing keys by kid, public documents of before the breach, and what was forged with them."""

    stolen: Mapping[str, PrivateKey]
    old: Documents
    cards: tuple[str, ...]
    documents: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class Outcome:
    """What a reader made of all of it; `controls` forgeries were believed before the keys were compromised."""

    forged: int
    accepted: int
    controls: int
    cards_before: int
    valid_before: int
    cards_after: int
    refused_after: int
    again_refused: bool
    issuing_goes_on: bool

    @property
    def ok(self) -> bool:
        """No forgery is believed, each was a good one, every card of before lives, every later one does not."""
        return (
            self.accepted == 0
            and 0 < self.controls == self.forged
            and self.valid_before == self.cards_before > 0
            and self.refused_after == self.cards_after > 0
            and self.again_refused
            and self.issuing_goes_on
        )


def issue(home: Home, desk: str) -> Card:
    """One card of an invented person from the running desk."""
    order: dict[str, object] = order_of(name="Drill Invented", born=None, picture=None)
    order |= {"issue_seed": secrets.token_hex(32), "policy_version": POLICY_VERSION}
    said = DeskClient(home, desk).post("/cards", order)
    return Card(order=order, faces=tuple(face["qr"] for face in said["faces"]))


def refuses_again(home: Home, desk: str, card: Card) -> bool:
    """Whether the desk refuses to make a card of a compromised key again: 410."""
    try:
        DeskClient(home, desk).post("/cards", card.order)
    except DeskRefused as refused:
        return refused.status == 410
    return False


def steal(home: Home, kids: list[str], *, genuine: Card, now: int) -> Loot:
    """Takes issuing keys from the signer's files and forges cards, status lists and commitment lists with them."""
    passphrase = demo_root.passphrases(home)["keys"]
    stolen = {kid: key_files.load_one(home.keys, kid=kid, passphrase=passphrase) for kid in kids}
    old = read_published(home.published)
    _, real = codec.open_text(genuine.faces[0])
    cards = [_card(claims, kid, key) for kid, key in stolen.items() for claims in _invented(real, now=now)]
    documents = [pair for kid, key in stolen.items() for pair in _lists(home, old, kid, key, cards=cards, now=now)]
    return Loot(stolen=stolen, old=old, cards=tuple(cards), documents=tuple(documents))


def judge(
    home: Home, loot: Loot, documents: Documents, *, before: list[Card], after: list[Card], now: int
) -> dict[str, int]:
    """What a reader that knew the old documents believes, once it has the new ones and then the thief's."""
    trusted = _believed(home, loot.old, documents, now=now)
    accepted = 0
    for name, octets in (*loot.documents, *loot.old.items()):
        taken = take(trust=trusted, documents={name: octets}, root=read_root(home.root_public), now=now)
        accepted += bool(taken.newer)
        trusted = taken.trust
    return {
        "forged": len(loot.cards),
        "accepted": accepted + sum(_verdict(text, trusted, now) is not Verdict.REFUSED for text in loot.cards),
        "controls": sum(
            _verdict(text, _believed(home, loot.old, {}, now=now), now) is Verdict.VALID for text in loot.cards
        ),
        "cards_before": len(before),
        "valid_before": sum(_all(card, Verdict.VALID, trusted, now) for card in before),
        "cards_after": len(after),
        "refused_after": sum(_all(card, Verdict.REFUSED, trusted, now) for card in after),
    }


def _believed(home: Home, old: Documents, new: Documents, *, now: int) -> Trust:
    root, trust = read_root(home.root_public), Trust(issuer=home.issuer, realm=home.realm)
    for documents in (old, new):
        trust = take(trust=trust, documents=documents, root=root, now=now).trust
    return trust


def _verdict(text: str, trust: Trust, now: int) -> Verdict:
    return verify(text=text, trust=trust, now=now, sector=None).verdict


def _all(card: Card, verdict: Verdict, trust: Trust, now: int) -> bool:
    return all(_verdict(text, trust, now) is verdict for text in card.faces)


def _invented(real: Claims, *, now: int) -> list[Claims]:
    """Two new people; a real card under another name, and under another link."""
    fresh = replace(real, name="Forged Invented", cti=secrets.token_bytes(16), link=secrets.token_bytes(16))
    return [
        fresh,
        replace(fresh, cti=secrets.token_bytes(16), iat=monday_of(now)),
        replace(real, name="Forged Invented"),
        replace(real, link=secrets.token_bytes(16)),
    ]


def _card(claims: Claims, kid: str, key: PrivateKey) -> str:
    header = cose.protected_header(alg=keys.public_key_of(key).alg, kid=bytes.fromhex(kid))
    return codec.seal(protected=header, payload=claims.encode(), signature=_signature(header, claims.encode(), key))


def _lists(
    home: Home, old: Documents, kid: str, key: PrivateKey, *, cards: list[str], now: int
) -> list[tuple[str, bytes]]:
    """A status list on which nothing is blocked, and a commitment list of the forged cards, by an issuing key."""
    alg, raw = keys.public_key_of(key).alg, bytes.fromhex(kid)
    header = statuslist.cwt_header(alg=alg, kid=raw)
    payload = statuslist.cwt_payload(
        uri=f"{home.issuer}/s/0", iat=now + 60, compressed=statuslist.compress(bytes(2**17))
    )
    entries = []
    for text in cards:
        signed, claims = codec.open_text(text)
        entries.append(commitment(cti=claims.cti, payload=signed.payload))
    list_header = commitmentlist.header(alg=alg, kid=raw)
    list_payload = commitmentlist.payload(kid=raw, iat=now + 60, commitments=entries)
    return [
        ("s/0", cose.assemble(protected=header, payload=payload, signature=_signature(header, payload, key))),
        (
            f"commitments/{kid}",
            cose.assemble(
                protected=list_header, payload=list_payload, signature=_signature(list_header, list_payload, key)
            ),
        ),
    ]


def _signature(header: bytes, payload: bytes, key: PrivateKey) -> bytes:
    return keys.sign(key, cose.message_to_sign(protected=header, payload=payload))
