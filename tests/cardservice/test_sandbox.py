"""The sandbox's cards get the stated answers there, and can pass nowhere else."""

from dataclasses import replace

import pytest

from cardservice import sandbox
from cardservice.credential import cbor, codec, keys, keyset
from cardservice.credential.reasons import Reason, Verdict
from cardservice.sandbox import Sample, Sandbox
from tests.vectors import city
from verification.documents import take
from verification.trust import Trust
from verification.verifier import Judgement, verify

NOW = city.NOW
MADE = sandbox.make(now=NOW)
BY_NAME = pytest.mark.parametrize("sample", MADE.samples, ids=lambda sample: sample.name)


def trust_of(made: Sandbox) -> Trust:
    documents = {"key-set": made.documents["key-set.cose"], "s/0": made.documents["s/0.cwt"]}
    root = keys.from_cose_key(cbor.loads(made.root_public))
    issuer = keyset.verify(documents["key-set"], root=root).issuer
    taken = take(trust=Trust(issuer=issuer, realm=sandbox.REALM), documents=documents, root=root, now=NOW)
    assert taken.refusals == ()
    return taken.trust


def production(*entries: keyset.Key) -> Trust:
    """What a gate of a real city believes, with other keys in its set beside its own."""
    own = city.key_set().keys
    octets = city.signed_key_set(city.key_set(*own, *entries).encode())
    trust = Trust(issuer=city.ISSUER, realm=city.REALM)
    taken = take(trust=trust, documents={"key-set": octets}, root=city.public_key("root"), now=NOW)
    assert taken.refusals == ()
    return taken.trust


def judged(sample: Sample, trust: Trust) -> Judgement:
    return verify(text=sample.qr, trust=trust, now=NOW, sector=sandbox.SECTOR)


@BY_NAME
def test_a_sample_gets_the_stated_answer_in_its_own_sandbox(sample: Sample):
    answer = judged(sample, trust_of(MADE))
    assert (answer.verdict, answer.reason) == (sample.verdict, sample.reason)


@BY_NAME
def test_a_sample_is_refused_in_production_and_shows_nothing(sample: Sample):
    answer = judged(sample, production())
    assert answer.verdict is Verdict.REFUSED and answer.claims is None
    assert answer.reason is (Reason.MALFORMED if sample.reason == "malformed" else Reason.UNKNOWN_ISSUER)


@BY_NAME
def test_a_sample_of_one_sandbox_is_refused_in_another(sample: Sample):
    answer = judged(sample, trust_of(sandbox.make(now=NOW)))
    assert answer.verdict is Verdict.REFUSED and answer.claims is None


def test_even_under_a_citys_own_name_and_in_its_key_set_a_sample_stays_of_another_realm():
    forged = sandbox.make(now=NOW, issuer=city.ISSUER)
    valid = forged.samples[0]
    assert judged(valid, production()).reason is Reason.UNKNOWN_KEY
    signed, _ = codec.open_text(valid.qr)
    root = keys.from_cose_key(cbor.loads(forged.root_public))
    key = keyset.verify(forged.documents["key-set.cose"], root=root).by_kid[signed.kid]
    assert judged(valid, production(key)).reason is Reason.WRONG_REALM
    # The one thing that would let it pass is a root that says it is a key of production.
    assert judged(valid, production(replace(key, realm=city.REALM))).reason is Reason.STATUS_UNKNOWN


def test_the_sandboxs_documents_are_refused_by_a_citys_readers():
    documents = {"key-set": MADE.documents["key-set.cose"]}
    trust = Trust(issuer=city.ISSUER, realm=city.REALM)
    taken = take(trust=trust, documents=documents, root=city.public_key("root"), now=NOW)
    assert [refusal.name for refusal in taken.refusals] == ["key-set"]
