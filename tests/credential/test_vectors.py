"""The kernel gives the answers that the vector files state, and the files are what their generator makes."""

import json
import zlib
from dataclasses import asdict

import pytest

from cardservice.credential import (
    cbor,
    claims,
    codec,
    commitmentlist,
    crockford,
    derive,
    keys,
    keyset,
    names,
    numbers,
    services,
    statuslist,
)
from cardservice.credential.commitment import commitment
from cardservice.credential.reasons import CredentialError, Reason
from tests.vectors import documents, generate

FILES = {name: json.loads((generate.DIRECTORY / name).read_text()) for name in generate.FILES}
CREDENTIALS, KEYSETS, LISTS = FILES["credentials.json"], FILES["keysets.json"], FILES["statuslists.json"]
NAMES, NUMBERS, JUDGEMENTS = FILES["names.json"], FILES["numbers.json"], FILES["judgements.json"]
SERVICES = FILES["services.json"]
DEFLATES_ALIKE = "ng" not in zlib.ZLIB_RUNTIME_VERSION


def named(vectors: list[dict]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", vectors, ids=[vector["name"] for vector in vectors])


def key_of(cose_key: str) -> keys.PublicKey:
    return keys.from_cose_key(cbor.loads(bytes.fromhex(cose_key)))


@pytest.mark.skipif(not DEFLATES_ALIKE, reason="zlib-ng finds other matches; the vectors themselves hold anywhere")
@pytest.mark.parametrize("name", generate.FILES)
def test_a_file_is_what_its_generator_makes(name):
    assert generate.rendered(generate.FILES[name]()) == (generate.DIRECTORY / name).read_text(encoding="ascii")


def test_no_two_vectors_of_a_list_share_a_name():
    bad = (CREDENTIALS["bad"], KEYSETS["bad"], LISTS["bad"], SERVICES["bad"])
    for vectors in (CREDENTIALS["good"], *bad, JUDGEMENTS["cases"]):
        assert len({vector["name"] for vector in vectors}) == len(vectors)


@named(CREDENTIALS["good"])
def test_a_good_credential_says_what_is_stated(vector):
    key = key_of(CREDENTIALS["keys"][vector["key"]]["cose_key"])
    signed, said = codec.open_text(vector["qr"])
    assert signed.verified_by(key)
    assert signed.kid.hex() == CREDENTIALS["keys"][vector["key"]]["kid"] == keyset.kid_of(key).hex()
    assert signed.alg == vector["header_alg"]
    assert {name: v.hex() if isinstance(v, bytes) else v for name, v in asdict(said).items()} == vector["claims"]
    assert said.encode().hex() == signed.payload.hex() == vector["payload"]
    assert commitment(cti=said.cti, payload=signed.payload).hex() == vector["commitment"]
    provider_key = bytes.fromhex(CREDENTIALS["provider_key"])
    assert derive.provider_number(link=said.link, provider_key=provider_key) == vector["provider_number"]


@named(CREDENTIALS["bad"])
def test_a_bad_credential_gives_its_reason(vector):
    by_kid = {bytes.fromhex(key["kid"]): key_of(key["cose_key"]) for key in CREDENTIALS["keys"].values()}
    try:
        signed, _ = codec.open_text(vector["qr"])
    except CredentialError as error:
        reason = error.reason
    else:
        reason = None if signed.verified_by(by_kid[signed.kid]) else Reason.BAD_SIGNATURE
    assert reason is Reason(vector["reason"])


def test_every_reason_that_bytes_alone_can_give_has_a_vector():
    reasons = {vector["reason"] for vector in CREDENTIALS["bad"]}
    assert reasons == {"malformed", "too_large", "unsupported", "bad_signature"}
    assert {case["reason"] for case in JUDGEMENTS["cases"]} == {None, *(reason.value for reason in Reason)}


@named(KEYSETS["good"])
def test_a_good_key_set_says_what_is_stated(vector):
    content = keyset.verify(bytes.fromhex(vector["cose"]), root=key_of(KEYSETS["root"]))
    assert documents.described(content) == vector["says"]


@named(LISTS["good"])
def test_a_good_status_list_says_what_is_stated(vector):
    held = statuslist.verify(statuslist.parse(bytes.fromhex(vector["cwt"])), key=key_of(LISTS["key"]))
    assert (held.uri, held.iat, held.exp) == (vector["uri"], vector["iat"], vector["exp"])
    assert [index for index in range(vector["size"]) if held.blocked(index)] == vector["set"]
    assert held.blocked(vector["size"]) is None


@named(LISTS["commitments"]["good"])
def test_a_good_commitment_list_says_what_is_stated(vector):
    held = commitmentlist.verify(bytes.fromhex(vector["cose"]), key=key_of(LISTS["key"]))
    assert (held.kid.hex(), held.iat) == (LISTS["commitments"]["card_kid"], LISTS["commitments"]["iat"])
    assert sorted(entry.hex() for entry in held.commitments) == vector["commitments"]


@named(SERVICES["good"])
def test_a_good_services_document_says_what_is_stated(vector):
    held = services.verify(bytes.fromhex(vector["cose"]), key=key_of(SERVICES["key"]))
    assert (held.issuer, held.iat, held.exp) == (SERVICES["issuer"], SERVICES["iat"], SERVICES["iat"] + 30 * 86_400)
    assert json.loads(json.dumps(asdict(held.content))) == vector["says"]


@pytest.mark.parametrize(
    ("kind", "vector"),
    [
        *((keyset.verify, vector) for vector in KEYSETS["bad"]),
        *((statuslist.verify, vector) for vector in LISTS["bad"]),
        *((commitmentlist.verify, vector) for vector in LISTS["commitments"]["bad"]),
        *((services.verify, vector) for vector in SERVICES["bad"]),
    ],
    ids=lambda part: part["name"] if isinstance(part, dict) else part.__module__.rpartition(".")[2],
)
def test_a_bad_document_gives_its_reason(kind, vector):
    octets = bytes.fromhex(vector["cose"])
    with pytest.raises(CredentialError) as caught:
        if kind is keyset.verify:
            keyset.verify(octets, root=key_of(KEYSETS["root"]))
        elif kind is statuslist.verify:
            statuslist.verify(statuslist.parse(octets), key=key_of(LISTS["key"]))
        elif kind is commitmentlist.verify:
            commitmentlist.verify(octets, key=key_of(LISTS["key"]))
        else:
            services.verify(octets, key=key_of(SERVICES["key"]))
    assert caught.value.reason is Reason(vector["reason"])


@pytest.mark.parametrize("vector", NAMES["accepted"], ids=lambda vector: ascii(vector["typed"][:20]))
def test_an_accepted_name_is_written_as_stated(vector):
    assert names.normalised(vector["typed"]) == vector["written"]
    assert names.normalised(vector["written"]) == vector["written"]


@pytest.mark.parametrize("vector", NAMES["refused"], ids=lambda vector: ascii(vector["typed"][:20]))
def test_a_refused_name_has_its_problem(vector):
    with pytest.raises(names.NameRefused) as caught:
        names.normalised(vector["typed"])
    assert caught.value.problem == vector["problem"]


def test_every_problem_of_a_name_has_a_vector():
    assert {vector["problem"] for vector in NAMES["refused"]} == {problem.value for problem in names.NameProblem}


def test_numbers_are_written_and_read_as_stated():
    for vector in NUMBERS["card_numbers"]:
        assert numbers.card_number(list_number=vector["list"], index=vector["index"]) == vector["number"]
    for vector in NUMBERS["typed_card_numbers"]:
        assert numbers.parse_card_number(vector["typed"]) == (vector["list"], vector["index"])
    for vector in NUMBERS["slip_codes"]:
        assert numbers.slip_code(bytes.fromhex(vector["bytes"])) == vector["code"]
    for vector in NUMBERS["provider_numbers"]:
        link, provider_key = bytes.fromhex(vector["link"]), bytes.fromhex(vector["provider_key"])
        assert derive.provider_number(link=link, provider_key=provider_key) == vector["number"]


@named(NUMBERS["mistyped_card_numbers"])
def test_a_mistyped_number_is_noticed(vector):
    with pytest.raises(crockford.Mistyped):
        numbers.parse_card_number(vector["typed"])


def test_a_seed_gives_the_secrets_that_are_stated():
    stated = NUMBERS["secrets"]
    secrets = derive.secrets_of(seed=bytes.fromhex(stated["seed"]), credentials=len(stated["ctis"]))
    assert (secrets.row_key.hex(), secrets.entry_id.hex()) == (stated["row_key"], stated["entry_id"])
    assert secrets.slip_code.hex() == stated["slip_code"]
    assert [cti.hex() for cti in secrets.ctis] == stated["ctis"]
    assert [link.hex() for link in secrets.links] == stated["links"]


def test_the_longest_claims_stay_far_below_the_bounds():
    widest = max((len(vector["cose"]) // 2 for vector in CREDENTIALS["good"]), default=0)
    assert 0 < widest < codec.MAX_INFLATED / 16
    assert claims.MAX_PHOTO < codec.MAX_TEXT
