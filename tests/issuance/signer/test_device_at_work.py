"""A running installation whose signing keys lie inside a PKCS #11 device, which goes away in the middle of a day."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from cardservice.credential import codec
from issuance import ceremony
from tests.issuance.desk_browser import order_body
from tests.softhsm import PIN, SoftHSM, softhsm_in
from tests.stack import Stack, running_stack


@pytest.fixture(scope="module")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> SoftHSM:
    return softhsm_in(tmp_path_factory.mktemp("softhsm"))


@pytest.fixture(scope="module")
def on_device(softhsm: SoftHSM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Desk, signer and publisher over a device; a demo home, so its root ceremony took the device's public keys."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in softhsm.environment.items():
            patch.setenv(name, value)
        with running_stack(tmp_path_factory.mktemp("home"), names=("signer", "publisher", "desk")) as running:
            yield running


def _claims(answer: httpx.Response) -> list[bytes]:
    return [codec.open_text(face["qr"])[0].payload for face in answer.json()["faces"]]


def test_the_desk_says_that_the_device_is_away_and_makes_the_same_card_when_it_is_back(
    on_device: Stack, softhsm: SoftHSM, tmp_path: Path
) -> None:
    assert len(list(on_device.home.keys.iterdir())) == ceremony.STATUS_KEYS
    clerk = on_device.clerk()
    clerk._sign_in()
    csrf = {"X-CSRFToken": clerk._http.cookies["csrftoken"]}
    body = order_body(name="Fatuma Vorbild")
    with httpx.Client(base_url=on_device.desk, timeout=60.0, cookies=clerk._http.cookies, headers=csrf) as desk:
        before = desk.post("/cards", json=order_body(name="Bogdan Vorbild"))
        assert before.status_code == 201
        with softhsm.away():
            refused = [desk.post("/cards", json=body) for _ in range(2)]
        deadline = time.monotonic() + 60
        while (after := desk.post("/cards", json=body)).status_code == 503:
            assert time.monotonic() < deadline, "the signer did not find its device again"
            time.sleep(0.2)
        again = desk.post("/cards", json=body)

    for answer in refused:
        assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
        assert answer.json()["code"] == "signer_key_device_away"
        assert "does not answer" in answer.json()["title"]
        assert "the same card" in answer.json()["detail"]
    assert after.status_code == again.status_code == 200, "the row was there from the first try on"
    assert _claims(after) == _claims(again)
    assert [face["qr"] for face in after.json()["faces"]] != [face["qr"] for face in again.json()["faces"]]
    assert on_device.rows("issuance", "SELECT count(*) FROM issuance_card")[0][0] == 2
    assert on_device.rows("issuance", "SELECT sum(issued) FROM issuance_signingkey")[0][0] == 2

    assert on_device.word("publish").returncode == 0
    checked = on_device.word("check", after.json()["faces"][0]["qr"], "--json")
    assert (checked.returncode, '"valid"' in checked.stdout) == (0, True), checked.stdout + checked.stderr
    said = (on_device.home.logs / "signer.log").read_text()
    assert "key_device_away" in said and "key_device_connected" in said
    assert PIN not in said


def test_only_the_signer_is_told_of_the_device(on_device: Stack) -> None:
    told = {
        child.name: {name for name in child.environment if "PKCS11" in name} for child in on_device.supervisor.children
    }
    assert len(told.pop("signer")) == 4
    assert set().union(*told.values()) == set()
    for child in on_device.supervisor.children:
        assert child.process is not None
        if child.name != "signer" and os.getuid() == 0:
            assert PIN.encode() not in Path(f"/proc/{child.process.pid}/environ").read_bytes()
