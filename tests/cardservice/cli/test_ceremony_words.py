"""The root's words, as keepers and operators run them: what they leave, what an installation takes, what is refused."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from typer.testing import CliRunner

from cardservice.cli.answers import Failed
from cardservice.cli.app import app_of
from cardservice.credential import cbor, commitmentlist, cose, keys, keyset
from cardservice.credential.keyset import KeySet, Use
from issuance import vault

RUNNER = CliRunner()


class Root:
    """The root's own directory with the files of its keepers' shares, and the home it works for."""

    def __init__(self, place: Path) -> None:
        self.place, self.shares, self.home = place / "root", place / "shares", place / "home"

    def word(self, word: str, *more: str):
        return RUNNER.invoke(app_of(["keys"]), ["keys", word, *more, "--home", str(self.home)])

    def answer(self, word: str, *more: str) -> dict:
        result = self.word(word, *more, "--json")
        assert result.exit_code == 0, result.exception
        return json.loads(result.stdout)

    def first(self) -> dict:
        return self.answer("ceremony", str(self.place), "--shares-to", str(self.shares))

    def again(self, word: str, keepers: tuple[int, int] = (1, 2)) -> dict:
        return self.answer(word, str(self.place), *self.share_options(*keepers))

    def share_options(self, *keepers: int) -> list[str]:
        return [part for keeper in keepers for part in ("--share", str(self.shares / f"share-{keeper}.txt"))]

    def bring(self) -> dict:
        return self.answer("bring", str(self.place / "to-install"))

    def refused(self, word: str, *more: str) -> str:
        result = self.word(word, *more)
        assert isinstance(result.exception, Failed), result.stdout
        return str(result.exception)

    def signed(self) -> KeySet:
        installing = self.place / "to-install"
        root = keys.from_cose_key(cbor.loads((installing / "root-public.cose").read_bytes()))
        return keyset.verify((installing / "key-set.cose").read_bytes(), root=root)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path)


def state_of(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_a_ceremony_leaves_a_vault_shares_a_record_and_what_is_to_be_installed(root: Root):
    said = root.first()

    signed = root.signed()
    assert said["key_set_seq"] == signed.seq == 1
    assert said["next_root"] == signed.next_root.hex()
    assert [path.name for path in sorted(root.shares.iterdir())] == ["share-1.txt", "share-2.txt", "share-3.txt"]
    passphrase = (root.place / "to-install" / "keys-passphrase").read_bytes()
    opened = {
        path.stem: load_pem_private_key(path.read_bytes(), password=passphrase)
        for path in (root.place / "to-install" / "keys").iterdir()
    }
    assert opened.keys() == {key.kid.hex() for key in signed.keys if key.use in (Use.CARD, Use.STATUS)}


def test_the_record_names_fingerprints_and_every_key_and_holds_no_secret(root: Root):
    said = root.first()

    texts = [Path(path).read_text() for path in said["record"]]
    secrets = [vault.read_share(path.read_text()).text for path in root.shares.iterdir()]
    secrets += [path.read_text() for path in (root.place / "to-install").glob("*-passphrase")]
    assert len(secrets) == 6
    for text in texts:
        bare = text.replace(" ", "")
        assert said["root"] in bare
        assert said["next_root"] in bare
        assert all(key.kid.hex() in text for key in root.signed().keys)
        assert "Keeper 3" in text
        assert not [secret for secret in secrets if secret in text]
    assert "http" not in texts[1].replace("https://demo.invalid", "")


def test_no_private_root_lies_readable_in_the_directory_or_in_a_home(root: Root):
    root.first()
    root.bring()
    opened = vault.open_vault(
        root.place / "vault.json",
        shares=[vault.read_share((root.shares / f"share-{keeper}.txt").read_text()) for keeper in (1, 2)],
    )

    for secret in (opened.contents["root"], opened.contents["next-root"]):
        scalar = secret[36:68]
        for octets in (*state_of(root.place).values(), *state_of(root.home).values()):
            assert scalar not in octets
            assert scalar.hex().encode() not in octets


def test_an_installation_takes_what_the_ceremony_left_and_may_take_it_again(root: Root):
    root.first()

    assert root.bring()["key_set_seq"] == 1
    before = state_of(root.home)
    assert root.bring()["key_set_seq"] == 1

    assert state_of(root.home) == before
    assert (root.home / "key-set.cose").read_bytes() == (root.place / "key-set.cose").read_bytes()
    assert len(list((root.home / "keys").iterdir())) == 14
    assert len(list((root.home / "log-keys").iterdir())) == 1


@pytest.mark.parametrize("keepers", [(1, 2), (2, 3), (3, 1)])
def test_any_two_keepers_sign_the_keys_of_another_year(root: Root, keepers: tuple[int, int]):
    root.first()
    first = root.signed()

    said = root.again("renew", keepers)

    second = root.signed()
    assert said["key_set_seq"] == second.seq == 2
    assert second.next_root == first.next_root
    assert {key.kid: key for key in first.keys}.items() <= {key.kid: key for key in second.keys}.items()
    assert len(second.keys) == 2 * len(first.keys)
    # Keys of the first year that nobody fetched yet are still there.
    assert len(list((root.place / "to-install" / "keys").iterdir())) == 28


def test_the_announced_next_root_takes_the_roots_place_and_announces_another(root: Root):
    first = root.first()

    said = root.again("root-change")

    second = root.signed()
    assert said["root"] == first["next_root"] != said["next_root"]
    assert second.root is not None
    assert keyset.thumbprint(second.root).hex() == first["next_root"]
    assert root.again("root-change")["root"] == said["next_root"]


def test_a_root_change_that_was_broken_off_is_finished_by_running_it_again(root: Root):
    first = root.first()
    before = (root.place / "key-set.cose").read_bytes()
    root.again("root-change")
    (root.place / "key-set.cose").write_bytes(before)

    assert "run" in root.refused("renew", str(root.place), *root.share_options(1, 2))
    assert root.again("root-change")["root"] == first["next_root"]


def test_one_keeper_changes_nothing(root: Root):
    root.first()
    before = state_of(root.place)

    for keepers in ((1,), (2, 2), (1, 2, 3)):
        said = root.refused("root-change", str(root.place), *root.share_options(*keepers))
        assert "two different keepers" in said

    assert state_of(root.place) == before


def test_shares_are_not_asked_for_where_nobody_sits(root: Root):
    assert "terminal" in root.refused("ceremony", str(root.place))
    root.first()
    assert "terminal" in root.refused("renew", str(root.place))


def test_a_ceremony_is_held_apart_from_the_home_and_once(root: Root):
    for place in (root.home, root.home / "root", root.home.parent):
        assert "apart" in root.refused("ceremony", str(place), "--shares-to", str(root.shares))
    root.first()
    assert "not empty" in root.refused("ceremony", str(root.place), "--shares-to", str(root.shares / "new"))


def test_the_shares_typed_back_wrong_are_asked_for_again(root: Root, monkeypatch: pytest.MonkeyPatch):
    shown: list[str] = []
    answers = iter(["", "wrong", None, "", None, "", None])
    monkeypatch.setattr("cardservice.cli.keepers._require_person", lambda: None)
    monkeypatch.setattr("typer.echo", lambda text, **_: shown.append(text))

    def prompted(*_: object, **__: object) -> str:
        given = next(answers)
        return next(line for line in reversed(shown) if line.startswith("\n")).split()[0] if given is None else given

    monkeypatch.setattr("typer.prompt", prompted)
    said = root.word("ceremony", str(root.place))

    assert said.exit_code == 0, said.exception
    assert [line for line in shown if "compare symbol by symbol" in line]
    assert next(answers, "asked for all") == "asked for all"
    # Each share is wiped from the screen and from what it scrolls back to before the next keeper comes.
    assert sum("\x1b[2J\x1b[3J" in text for text in shown) == 3


def test_a_bundle_of_another_root_changes_nothing_in_the_home(root: Root, tmp_path: Path):
    root.first()
    root.bring()
    other = Root(tmp_path / "other")
    other.first()
    before = state_of(root.home)

    said = root.refused("bring", str(other.place / "to-install"))

    assert "another root" in said
    assert state_of(root.home) == before


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        ({"key-set.cose": b"no key set"}, "no key set"),
        ({"key-set.cose": None}, "cannot be read"),
        ({"root-public.cose": b"\xa0"}, "no COSE_Key"),
        ({"root-public.cose": bytes.fromhex("a40101032720062158200100000000") + bytes(27)}, "no COSE_Key"),
    ],
)
def test_a_damaged_bundle_leaves_the_home_without_a_key_set(root: Root, damage: dict[str, bytes | None], word: str):
    root.first()
    for name, octets in damage.items():
        path = root.place / "to-install" / name
        path.unlink() if octets is None else path.write_bytes(octets)

    assert word in root.refused("bring", str(root.place / "to-install"))

    assert not (root.home / "key-set.cose").exists()
    assert not list((root.home / "keys").glob("*.pem"))


def test_a_root_change_reaches_readers_of_the_home_and_of_a_copy_with_the_former_root(root: Root):
    root.first()
    root.bring()
    former = (root.home / "root-public.cose").read_bytes()
    root.again("root-change")

    assert root.bring()["key_set_seq"] == 2

    assert (root.home / "root-public.cose").read_bytes() != former
    (last,) = keyset.read_former((root.home / "former-sets.cbor").read_bytes())
    assert keyset.verify(last, root=keys.from_cose_key(cbor.loads(former))).seq == 1
    root.again("root-change")
    root.bring()
    assert len(keyset.read_former((root.home / "former-sets.cbor").read_bytes())) == 2


def _card_key(root: Root) -> str:
    return next(key.kid.hex() for key in root.signed().keys if key.use is Use.CARD)


def _listed(root: Root, kid: str, *commitments: str) -> str:
    path = root.home.parent / "listed.json"
    body = {"kid": kid, "since": "2026-11-23", "cards": 1, "later": 2, "commitments": list(commitments)}
    path.write_text(json.dumps(body))
    return str(path)


def _compromise(root: Root, kid: str, *more: str) -> list[str]:
    return [kid, str(root.place), *root.share_options(1, 3), *more]


def test_the_root_ends_a_stolen_card_key_and_names_what_it_signed_before(root: Root):
    root.first()
    kid, saved = _card_key(root), "ab" * 16

    said = root.answer("compromise", *_compromise(root, kid, "--listed", _listed(root, kid, saved)))

    assert (said["kid"], said["cards"], said["later"]) == (kid, 1, 2)
    signed = root.signed()
    key = signed.by_kid[bytes.fromhex(kid)]
    octets = (root.place / "to-install" / "commitments" / f"{kid}.cose").read_bytes()
    assert (key.state, key.commitments) == ("compromised", commitmentlist.digest(octets))
    signer = signed.by_kid[cose.parse(octets).kid]
    assert signer.use is Use.STATUS
    assert commitmentlist.verify(octets, key=signer.public).commitments == {bytes.fromhex(saved)}
    assert "compromised already" in root.refused("compromise", *_compromise(root, kid, "--since", "2026-11-23"))


def test_lists_that_a_stolen_status_key_signed_are_signed_by_another_one(root: Root):
    root.first()
    kid = _card_key(root)
    root.answer("compromise", *_compromise(root, kid, "--listed", _listed(root, kid, "ab" * 16)))
    path = root.place / "to-install" / "commitments" / f"{kid}.cose"
    before = cose.parse(path.read_bytes())

    root.answer("compromise", *_compromise(root, before.kid.hex()))

    after = cose.parse(path.read_bytes())
    assert after.payload == before.payload
    assert after.kid != before.kid
    assert root.signed().by_kid[before.kid].state == "compromised"
    assert "keys renew" in root.refused("compromise", *_compromise(root, after.kid.hex()))


def test_what_cannot_be_compromised_changes_nothing(root: Root):
    root.first()
    before = state_of(root.place)
    kid = _card_key(root)
    log_key = next(key.kid.hex() for key in root.signed().keys if key.use is Use.LOG)

    assert "holds no key" in root.refused("compromise", *_compromise(root, "00" * 8))
    assert "a key for log" in root.refused("compromise", *_compromise(root, log_key))
    for since in ("yesterday", "2999-01-01"):
        root.refused("compromise", *_compromise(root, kid, "--since", since))
    for content in ("ab" * 15, "no hexadecimal"):
        listed = _listed(root, kid, content)
        assert "run that again" in root.refused("compromise", *_compromise(root, kid, "--listed", listed))
    assert "run that again" in root.refused("compromise", *_compromise(root, kid, "--listed", _listed(root, "other")))

    assert state_of(root.place) == before
