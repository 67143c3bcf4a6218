"""The root's vault opens with two shares of three, and with nothing less."""

import json
from itertools import combinations
from pathlib import Path

import pytest

from issuance import vault
from issuance.vault import Share, VaultClosed, new_shares, open_vault, read_share

CONTENTS = {"root": b"\x01" * 100, "next-root": b"\x02" * 100}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "vault.json"


@pytest.mark.parametrize("pair", list(combinations(range(3), 2)))
@pytest.mark.parametrize("turned", [False, True])
def test_any_two_shares_open_it_in_any_order(place: Path, pair: tuple[int, int], turned: bool) -> None:
    shares = new_shares()
    vault.make(shares, contents=CONTENTS).save(place)

    given = [shares[number] for number in (reversed(pair) if turned else pair)]

    assert open_vault(place, shares=given).contents == CONTENTS


@pytest.mark.parametrize("number", range(3))
def test_one_share_does_not_open_it_even_twice(place: Path, number: int) -> None:
    shares = new_shares()
    vault.make(shares, contents=CONTENTS).save(place)

    for given in ([shares[number]], [shares[number]] * 2, []):
        with pytest.raises(VaultClosed, match="two different keepers"):
            open_vault(place, shares=given)


def test_shares_of_another_vault_do_not_open_it(place: Path) -> None:
    shares, others = new_shares(), new_shares()
    vault.make(shares, contents=CONTENTS).save(place)

    with pytest.raises(VaultClosed, match="another vault"):
        open_vault(place, shares=[shares[0], others[1]])


def test_new_contents_stay_behind_all_three_pairs_although_only_two_keepers_came(place: Path) -> None:
    shares = new_shares()
    vault.make(shares, contents=CONTENTS).save(place)

    open_vault(place, shares=shares[:2]).holding({"root": b"new"}).save(place)

    for pair in combinations(shares, 2):
        assert open_vault(place, shares=pair).contents == {"root": b"new"}


def test_a_share_survives_paper(place: Path) -> None:
    for share in new_shares():
        assert share.text.startswith(f"{share.keeper}-")
        assert read_share(share.text) == share
        assert read_share(f"  {share.text.lower().replace('-', ' ')}\n") == share


def test_a_misread_symbol_of_a_share_is_noticed_at_once() -> None:
    text = new_shares()[0].text
    for place, symbol in enumerate(text):
        if symbol != "-":
            wrong = text[:place] + ("Z" if symbol != "Z" else "Y") + text[place + 1 :]
            with pytest.raises(VaultClosed, match="compare it with the paper"):
                read_share(wrong)


def test_a_number_that_is_no_keeper_is_no_share() -> None:
    with pytest.raises(VaultClosed, match="begins with 1, 2 or 3"):
        read_share(Share(keeper=4, secret=1).text)


@pytest.mark.parametrize("damaged", [b"", b"{}", b"[]", b'{"format": 1, "doors": {}, "contents": ""}', b"\xff"])
def test_what_is_no_vault_is_named_so(place: Path, damaged: bytes) -> None:
    place.write_bytes(damaged)

    with pytest.raises(VaultClosed, match="no vault, or is damaged"):
        open_vault(place, shares=new_shares()[:2])


def test_a_changed_vault_does_not_open(place: Path) -> None:
    shares = new_shares()
    vault.make(shares, contents=CONTENTS).save(place)
    file = json.loads(place.read_text())
    for part in (("contents",), ("doors", "1+2")):
        changed = json.loads(place.read_text())
        holder = changed if len(part) == 1 else changed[part[0]]
        holder[part[-1]] = holder[part[-1]][:-1] + ("0" if holder[part[-1]][-1] != "0" else "1")
        place.write_text(json.dumps(changed))
        with pytest.raises(VaultClosed, match="do not open"):
            open_vault(place, shares=shares[:2])
        place.write_text(json.dumps(file))


def test_neither_file_nor_representation_shows_a_secret(place: Path) -> None:
    shares = new_shares()
    made = vault.make(shares, contents=CONTENTS)
    made.save(place)

    assert place.stat().st_mode & 0o777 == 0o600
    for secret in (*CONTENTS.values(), made.data_key):
        assert secret.hex() not in place.read_text()
        assert secret.hex() not in repr(made)
    assert str(shares[0].secret) not in repr(shares[0])
