"""Feeds mutated bytes to all readers of foreign bytes: only CredentialError may come out, and no second encoding.

    .tools/uv-0.13.9 run --group test --with atheris python -m tests.fuzz.fuzz_readers CORPUS -max_total_time=600

CORPUS is a directory that is made and filled with the vectors when it is empty.
"""

import json
import sys
import zlib
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["cardservice"]):
    from cardservice.credential import base45, codec, commitmentlist, cose, keyset, statuslist, tolerant
    from cardservice.credential.reasons import CredentialError

import contextlib

from tests.vectors import city

VECTORS = Path(__file__).parents[1] / "vectors"
ROOT, STATUS = city.public_key("root"), city.public_key("status")
KEY = city.public_key("card")


def read_all(octets: bytes) -> None:
    """The first byte says how deep inside the rest is put; whatever is reached is read strictly and tolerantly."""
    depth, octets = octets[:1], octets[1:]
    if depth < b"\x40":
        _read_text(octets.decode("latin-1"))
    elif depth < b"\x80":
        _read_text(base45.encode(octets))
    elif depth < b"\xc0":
        _read_text(base45.encode(zlib.compress(octets, 1)))
    else:
        _read_text(base45.encode(zlib.compress(city.sign(octets), 1)))
    for read in (_read_key_set, _read_status_list, _read_commitments):
        try:
            read(octets)
        except CredentialError:
            continue


def _read_text(text: str) -> None:
    try:
        signed, claims = codec.open_text(text)
    except CredentialError:
        pass
    else:
        assert claims.encode() == signed.payload
        assert cose.parse(zlib.decompress(base45.decode(text))) == signed
        signed.verified_by(KEY)
    with contextlib.suppress(CredentialError):
        tolerant.read(text).verified_by(KEY)


def _read_key_set(octets: bytes) -> None:
    keyset.read_unverified(octets)
    keyset.verify(octets, root=ROOT)


def _read_status_list(octets: bytes) -> None:
    statuslist.verify(statuslist.parse(octets), key=STATUS)


def _read_commitments(octets: bytes) -> None:
    commitmentlist.verify(octets, key=STATUS)


def fill(corpus: Path) -> None:
    """Writes the vectors as first inputs, each under the layer it is about."""
    corpus.mkdir(parents=True, exist_ok=True)
    credentials = json.loads((VECTORS / "credentials.json").read_text())
    inputs = [
        b"\x00" + one["qr"].encode() for kind in ("good", "bad") for one in credentials[kind] if one["qr"].isascii()
    ]
    inputs += [b"\x90" + bytes.fromhex(one["cose"]) for one in credentials["good"]]
    inputs += [b"\xd0" + bytes.fromhex(one["payload"]) for one in credentials["good"]]
    for file in ("keysets.json", "statuslists.json"):
        vectors = json.loads((VECTORS / file).read_text())
        documents = [one.get("cose") or one["cwt"] for kind in ("good", "bad") for one in vectors[kind]]
        inputs += [b"\x90" + bytes.fromhex(one) for one in documents]
    for number, octets in enumerate(inputs):
        (corpus / f"vector-{number:04}").write_bytes(octets)


if __name__ == "__main__":
    places = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    if places and not (places[0].is_dir() and any(places[0].iterdir())):
        fill(places[0])
    atheris.Setup(sys.argv, read_all)
    atheris.Fuzz()
