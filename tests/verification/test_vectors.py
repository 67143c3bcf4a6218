"""The verifier gives the verdicts that the judgement vectors state."""

import json

import pytest

from cardservice.credential import cbor, keys
from tests.vectors import generate
from verification.documents import take
from verification.trust import Trust
from verification.verifier import verify

VECTORS = json.loads((generate.DIRECTORY / "judgements.json").read_text())
CASES = VECTORS["cases"]


@pytest.fixture(scope="module")
def trusts() -> dict[str, Trust]:
    """The trust that each publication gives; every document must be acceptable."""
    root = keys.from_cose_key(cbor.loads(bytes.fromhex(VECTORS["root"])))
    trusts = {}
    for name, published in VECTORS["publications"].items():
        documents = {document: bytes.fromhex(octets) for document, octets in published.items()}
        trust = Trust(issuer=VECTORS["issuer"], realm=VECTORS["realm"])
        taken = take(trust=trust, documents=documents, root=root, now=VECTORS["accepted_at"])
        assert taken.refusals == (), name
        trusts[name] = taken.trust
    return trusts


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_verdict_is_the_one_stated(case, trusts):
    judgement = verify(
        text=case["qr"], trust=trusts[case["documents"]], now=case["now"], sector=case["sector"], face=case["face"]
    )
    reason = judgement.reason.value if judgement.reason else None
    assert (judgement.verdict.value, reason) == (case["verdict"], case["reason"])
    if judgement.verdict == "refused":
        assert judgement.claims is None
