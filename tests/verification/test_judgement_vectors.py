"""The shared vectors of whole judgements, which every implementation of the verifier must give."""

import json
from pathlib import Path
from typing import Any

import pytest

from cardservice.credential import cbor, keys
from verification.documents import take
from verification.trust import Trust
from verification.verifier import verify

_VECTORS = Path(__file__).parents[1] / "vectors"
VECTORS: dict[str, Any] = json.loads((_VECTORS / "judgements.json").read_text())
KEYSETS: dict[str, Any] = json.loads((_VECTORS / "keysets.json").read_text())


def accepted(publication: str) -> Trust:
    documents = {name: bytes.fromhex(octets) for name, octets in VECTORS["publications"][publication].items()}
    taken = take(
        trust=Trust(issuer=VECTORS["issuer"], realm=VECTORS["realm"]),
        documents=documents,
        root=keys.from_cose_key(cbor.loads(bytes.fromhex(VECTORS["root"]))),
        now=VECTORS["accepted_at"],
    )
    assert taken.refusals == ()
    return taken.trust


TRUST = {name: accepted(name) for name in VECTORS["publications"]}


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_it_gives_the_judgement_of_the_vector(case):
    judgement = verify(
        text=case["qr"], trust=TRUST[case["documents"]], now=case["now"], sector=case["sector"], face=case["face"]
    )
    assert (judgement.verdict, judgement.reason) == (case["verdict"], case["reason"])


@pytest.mark.parametrize("change", KEYSETS["root_changes"], ids=lambda change: change["name"])
def test_it_follows_the_roots_as_the_vector_says(change):
    trust, refused = Trust(issuer=VECTORS["issuer"], realm=VECTORS["realm"]), []
    for document, octets in change["documents"]:
        taken = take(
            trust=trust,
            documents={document.partition("/")[0]: bytes.fromhex(octets)},
            root=keys.from_cose_key(cbor.loads(bytes.fromhex(KEYSETS["root"]))),
            now=VECTORS["accepted_at"],
        )
        trust = taken.trust
        refused += [[document, refusal.code] for refusal in taken.refusals]
    assert refused == change["refused"]
    assert (trust.key_set.seq if trust.key_set else 0) == change["seq"]
