"""The Python client against a running installation: online, paired, offline; the same answers everywhere."""

import json
import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cardservice_client import Gate, GateRefused, OfflineChecker, pair

from cardservice.credential import cbor, statuslist
from tests.stack import Stack

FAR = 30 * 86_400


@pytest.fixture(scope="module")
def card(stack: Stack) -> str:
    issued = stack.issue(name="Vera Voorbeeld")
    assert stack.word("publish").returncode == 0
    return issued["faces"][0]["qr"]


@pytest.fixture(scope="module")
def api_key(stack: Stack) -> str:
    return stack.agree("name")


@pytest.fixture(scope="module")
def pairing(stack: Stack, api_key: str):
    code = json.loads(stack.word("agreement", "pair", api_key.split("_")[1], "--json").stdout)["code"]
    paired = pair(stack.gate, code)
    with pytest.raises(GateRefused) as refused:
        pair(stack.gate, code)
    assert refused.value.code == "pairing_refused"
    return paired


def test_one_card_and_many_are_judged_online(stack: Stack, card: str, api_key: str):
    with Gate(stack.gate, api_key) as gate:
        one = gate.check(card)
        many = gate.check_many([card, "no card"] * 51)
        terms = gate.agreement()
    assert (one.valid, one.card, one.reason) == (True, {"name": "Vera Voorbeeld"}, None)
    assert [answer.verdict for answer in many] == ["valid", "refused"] * 51
    assert terms["fields"] == ["name"]


def test_the_offline_check_gives_the_very_same_answer(stack: Stack, card: str, api_key: str, pairing):
    checker = OfflineChecker(pairing, published=str(stack.home.published))
    assert checker.refresh() == []
    with Gate(stack.gate, api_key) as gate:
        for text in (card, "no card", card[:-3] + "000"):
            online, offline = gate.check(text), checker.check(text)
            assert (online.verdict, online.reason, online.provider_number, online.card, online.expires) == (
                offline.verdict,
                offline.reason,
                offline.provider_number,
                offline.card,
                offline.expires,
            )


def test_with_old_documents_or_none_it_is_unsure(stack: Stack, card: str, pairing):
    checker = OfflineChecker(pairing, published=str(stack.home.published))
    assert checker.check(card).reason == "stale_trust"
    checker.refresh()
    late = checker.check(card, now=int(time.time()) + FAR)
    assert (late.verdict, late.reason, late.provider_number) == ("unsure", "stale_trust", None)


def test_after_the_last_day_of_the_agreement_it_is_unsure(stack: Stack, card: str, pairing):
    now = int(time.time())
    today = datetime.fromtimestamp(now, UTC).date()
    last_day, over = (replace(pairing, ends=(today - timedelta(days=days)).isoformat()) for days in (0, 1))
    for paired, verdict, reason in ((last_day, "valid", None), (over, "unsure", "agreement_ended")):
        checker = OfflineChecker(paired, published=str(stack.home.published))
        checker.refresh(now=now)
        answer = checker.check(card, now=now)
        assert (answer.verdict, answer.reason) == (verdict, reason)
    assert (answer.card, answer.provider_number, answer.expires) == (None, None, None)


@pytest.mark.parametrize(
    "address", ["http://gate.city.example", "gate.city.example", "ftp://127.0.0.1", "https://", ""]
)
def test_nothing_is_sent_unencrypted_to_another_computer(address):
    with pytest.raises(ValueError, match="must begin with https://"):
        Gate(address, "key")
    with pytest.raises(ValueError, match="must begin with https://"):
        pair(address, "code")


@pytest.mark.parametrize(
    "address", ["https://gate.city.example", "http://127.0.0.1:9", "http://localhost", "http://[::1]"]
)
def test_an_encrypted_address_or_this_computer_is_accepted(address):
    Gate(address, "key").close()


def test_what_the_gate_refuses_is_an_error_with_a_code_and_no_value(stack: Stack):
    with Gate(stack.gate, "cs_nonsense") as gate, pytest.raises(GateRefused) as refused:
        gate.check("Vera Voorbeeld")
    assert (refused.value.status, refused.value.code) == (401, "not_authenticated")
    assert "Vera" not in str(refused.value)


def test_no_gate_at_all_is_unreachable(card: str):
    with Gate("http://127.0.0.1:9", "key") as gate, pytest.raises(GateRefused) as refused:
        gate.check(card)
    assert refused.value.code == "unreachable"
    assert card not in repr(refused.value)


def test_answers_and_pairings_show_no_value_in_logs(stack: Stack, card: str, api_key: str, pairing):
    with Gate(stack.gate, api_key) as gate:
        answer = gate.check(card)
    assert "Vera" not in repr(answer)
    assert repr(pairing.provider_key) not in repr(pairing)


def test_after_a_restart_without_network_it_goes_on_with_what_it_kept(stack: Stack, card: str, pairing, tmp_path):
    state = tmp_path / "state"
    OfflineChecker(pairing, published=str(stack.home.published), state=state).refresh()
    again = OfflineChecker(pairing, published=str(tmp_path / "nowhere"), state=state)
    with pytest.raises(OSError):
        again.refresh()
    assert again.check(card).valid


def test_what_it_keeps_is_public_documents_and_nothing_of_a_check(stack: Stack, card: str, pairing, tmp_path):
    state = tmp_path / "state"
    checker = OfflineChecker(pairing, published=str(stack.home.published), state=state)
    checker.refresh()
    before = state.read_bytes()
    assert checker.check(card).valid
    assert state.read_bytes() == before
    public = {path.read_bytes() for path in stack.home.published.rglob("*") if path.is_file()}
    kept = cbor.loads(before)
    assert {"key-set", "s/0"} <= kept.keys()
    assert {octets for octets, _ in kept.values()} <= public


def test_a_list_older_than_one_accepted_before_the_restart_is_refused(stack: Stack, card: str, pairing, tmp_path):
    older, newer, state = tmp_path / "older", tmp_path / "newer", tmp_path / "state"
    shutil.copytree(stack.home.published, older)
    issued_at = statuslist.parse((older / "s/0.cwt").read_bytes())

    def newer_list_is_published() -> bool:
        assert stack.word("publish").returncode == 0
        return statuslist.parse((stack.home.published / "s/0.cwt").read_bytes()).payload != issued_at.payload

    assert any(newer_list_is_published() for _ in range(30))
    shutil.copytree(stack.home.published, newer)
    assert OfflineChecker(pairing, published=str(newer), state=state).refresh() == []
    assert "s/0" in OfflineChecker(pairing, published=str(older), state=state).refresh()
    assert OfflineChecker(pairing, published=str(older)).refresh() == []


@pytest.mark.parametrize("content", [b"", b"not CBOR", cbor.dumps([1]), cbor.dumps({"s/0": 1})])
def test_a_state_that_is_none_is_refused_and_left_as_it_is(pairing, tmp_path, content):
    state = tmp_path / "state"
    state.write_bytes(content)
    with pytest.raises(ValueError, match="Put its backup back"):
        OfflineChecker(pairing, published=str(tmp_path), state=state)
    assert state.read_bytes() == content
