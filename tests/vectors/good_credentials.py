"""Credentials that every implementation accepts, with all that follows from them."""

import zlib
from dataclasses import replace
from typing import Any

from cardservice.credential import base45, cose, keys
from cardservice.credential.claims import Claims
from cardservice.credential.commitment import commitment
from cardservice.credential.derive import provider_number
from cardservice.credential.keys import EDDSA, ES256
from cardservice.credential.numbers import LIST_SIZE, MAX_LISTS
from cardservice.credential.profiles import SECTORAL
from tests.vectors import city

PROVIDER_KEY = city.octets("provider key", 32)


def vectors() -> list[dict[str, Any]]:
    """All of them, in a fixed order."""
    compact = city.claims("standard")
    portrait = replace(compact, photo=city.PHOTO)
    made = [
        _vector("standard, compact face", compact),
        _vector("standard, portrait face: same cti, link, number", portrait),
    ]
    for place, credential in enumerate(SECTORAL.credentials):
        born = "20150101" if credential.faces[0].born else None
        content = city.claims(f"sector {place}", index=100 + place, sector=credential.sector, born=born)
        made.append(_vector(f"sectors, {credential.sector}", content))
    return [
        *made,
        _vector("EdDSA (-8)", city.claims("EdDSA"), alg=EDDSA),
        _vector("ES256 as ESP256 (-9)", city.claims("ESP256"), header_alg=-9),
        _vector("EdDSA as Ed25519 (-19)", city.claims("Ed25519"), alg=EDDSA, header_alg=-19),
        _vector("lowest list and index", city.claims("lowest", list_number=0, index=0)),
        _vector("highest list and index", city.claims("highest", list_number=MAX_LISTS - 1, index=LIST_SIZE - 1)),
        _vector("name of one letter, no birth date", city.claims("short", name="Ü", born=None)),
        _vector("name of 80 letters of three bytes", city.claims("long", name="\u1230\u120b\u121d " * 20)),
        _vector("name of 80 characters beyond the BMP", city.claims("astral", name="\U00020bb7" * 80)),
        _vector(
            "name from right to left", city.claims("arabic", name="\u0644\u064a\u0644\u0649 \u0645\u062b\u0627\u0644")
        ),
        _vector("sector of 32 characters", city.claims("sector", sector="s" * 32)),
        _vector("issuer of 120 characters", city.claims("issuer", issuer="https://" + "i" * 112)),
        _vector("photo of 400 bytes", city.claims("photo 400", photo=city.octets("photo 400", 400))),
        _vector("photo of one byte", city.claims("photo 1", photo=b"\x00")),
        _vector("payload of 255 bytes (length in one byte)", _with_payload_of(255)),
        _vector("payload of 256 bytes (length in two bytes)", _with_payload_of(256)),
        _vector("expiry at New Year", city.claims("new year", exp=1_798_761_600)),
        _vector("last time that is taken", city.claims("far", exp=137_438_294_400, iat=137_438_726_400)),
        _vector("zlib level 1: deflate is free", city.claims("level 1"), level=1),
        _vector("zlib stored block: deflate is free", city.claims("level 0"), level=0),
        _other_signature(city.claims("malleable")),
    ]


def _with_payload_of(length: int) -> Claims:
    contents = (city.claims("length", photo=bytes(octets)) for octets in range(1, 401))
    return next(content for content in contents if len(content.encode()) == length)


def _vector(
    name: str, content: Claims, *, alg: int = ES256, header_alg: int | None = None, level: int = 9
) -> dict[str, Any]:
    key_name = "card" if alg == ES256 else "card EdDSA"
    key_id = city.kid(key_name, alg=alg)
    protected = cose.protected_header(alg=header_alg or alg, kid=key_id)
    signed = city.sign(content.encode(), key=key_name, alg=alg, protected=protected)
    return _described(name, content, signed, key=key_name, header_alg=header_alg or alg, level=level)


def _other_signature(content: Claims) -> dict[str, Any]:
    """(r, n - s) signs what (r, s) signs: whoever keys anything by signature or QR text is fooled."""
    payload = content.encode()
    protected = cose.protected_header(alg=ES256, kid=city.kid("card"))
    message = cose.message_to_sign(protected=protected, payload=payload)
    signature = keys.sign(city.private_key("card"), message)
    other = signature[:32] + (city.P256_ORDER - int.from_bytes(signature[32:])).to_bytes(32)
    signed = cose.assemble(protected=protected, payload=payload, signature=other)
    return _described("the other ES256 signature of the same claims", content, signed, key="card", header_alg=ES256)


def _described(
    name: str, content: Claims, signed: bytes, *, key: str, header_alg: int, level: int = 9
) -> dict[str, Any]:
    payload = content.encode()
    return {
        "name": name,
        "key": key,
        "header_alg": header_alg,
        "claims": {
            "issuer": content.issuer,
            "sector": content.sector,
            "exp": content.exp,
            "iat": content.iat,
            "cti": content.cti.hex(),
            "link": content.link.hex(),
            "number": content.number,
            "name": content.name,
            "born": content.born,
            "photo": content.photo.hex() if content.photo else None,
            "list_number": content.list_number,
            "index": content.index,
        },
        "payload": payload.hex(),
        "cose": signed.hex(),
        "qr": base45.encode(zlib.compress(signed, level)),
        "commitment": commitment(cti=content.cti, payload=payload).hex(),
        "provider_number": provider_number(link=content.link, provider_key=PROVIDER_KEY),
    }
