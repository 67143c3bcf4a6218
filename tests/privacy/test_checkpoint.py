"""Checkpoints and signed notes, against notes that others have published."""

import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from privacy.checkpoint import (
    Checkpoint,
    Note,
    NoteRefused,
    Signature,
    key_id,
    opened,
    parse_checkpoint,
    parse_note,
    sign,
)

ORIGIN = "city.example/log"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CHECKPOINT = Checkpoint(origin=ORIGIN, size=64, root=bytes(range(32)))
SIGNED = sign(CHECKPOINT, key=KEY).encode()

# A tree head of Go's checksum database and the key that every Go tool has built in.
GO_NAME = "sum.golang.org"
GO_KEY = Ed25519PublicKey.from_public_bytes(base64.b64decode("Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")[1:])
GO_NOTE = (
    "go.sum database tree\n"
    "65209736\n"
    "5+uGFjx6xBZG8ip1+wi77v+grwbhhukIrxEUS8PXvRo=\n"
    "\n"
    "\u2014 sum.golang.org"
    " Az3grnbssgK7ubgFX36gVETtNv0U23qxyAhAMai2QUfeGa3nB/akvkMdlUErfcZz7l/R3cVtYspg3dxXABkGZZKdsQ8=\n"
).encode()


def test_it_verifies_a_published_tree_head_of_another_log():
    note = parse_note(GO_NOTE)
    assert key_id(GO_KEY, name=GO_NAME).hex() == "033de0ae"
    assert note.signed_by(GO_KEY, name=GO_NAME)
    assert parse_checkpoint(note).size == 65_209_736
    assert note.encode() == GO_NOTE
    assert not parse_note(GO_NOTE.replace(b"65209736", b"65209737")).signed_by(GO_KEY, name=GO_NAME)


def test_it_reads_the_witnessed_example_of_the_specification():
    example = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo"
        "+zyWE+xeMcTOAYQ8=\n"
        "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5"
        "nNo0xUe+mbIUBkBIfZ+qnA==\n"
    ).encode()
    note = parse_note(example)
    assert parse_checkpoint(note).origin == "example.com/behind-the-sofa"
    assert [signature.name for signature in note.signatures] == [
        "example.com/behind-the-sofa",
        "witness.example.com/w1",
    ]
    assert note.encode() == example


def test_a_signed_checkpoint_opens_again():
    assert opened(SIGNED, key=KEY.public_key(), origin=ORIGIN) == CHECKPOINT
    assert SIGNED.decode().splitlines()[:3] == [ORIGIN, "64", base64.b64encode(CHECKPOINT.root).decode()]


def test_lines_of_witnesses_are_passed_over():
    note = parse_note(SIGNED)
    witness = Signature(name="witness.example/1", key_id=b"\x01\x02\x03\x04", signature=bytes(72))
    for lines in ((*note.signatures, witness), (witness, *note.signatures)):
        assert opened(Note(note.text, lines).encode(), key=KEY.public_key(), origin=ORIGIN) == CHECKPOINT
    with pytest.raises(NoteRefused, match="not signed by the key"):
        opened(Note(note.text, (witness,)).encode(), key=KEY.public_key(), origin=ORIGIN)


def test_a_bad_second_line_under_the_logs_own_name_is_a_no():
    note = parse_note(SIGNED)
    bad = replace(note.signatures[0], signature=bytes(64))
    with pytest.raises(NoteRefused):
        opened(Note(note.text, (*note.signatures, bad)).encode(), key=KEY.public_key(), origin=ORIGIN)


def test_another_key_another_log_or_another_text_is_refused():
    other = Ed25519PrivateKey.generate()
    with pytest.raises(NoteRefused, match="not signed"):
        opened(SIGNED, key=other.public_key(), origin=ORIGIN)
    with pytest.raises(NoteRefused, match="another log"):
        opened(SIGNED, key=KEY.public_key(), origin="other.example/log")
    with pytest.raises(NoteRefused, match="not signed"):
        opened(SIGNED.replace(b"\n64\n", b"\n65\n"), key=KEY.public_key(), origin=ORIGIN)


def test_no_flipped_bit_opens_as_a_checkpoint():
    for place in range(len(SIGNED)):
        changed = SIGNED[:place] + bytes([SIGNED[place] ^ 1]) + SIGNED[place + 1 :]
        with pytest.raises(NoteRefused):
            opened(changed, key=KEY.public_key(), origin=ORIGIN)


LINE = SIGNED.split(b"\n\n")[1]


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\n",
        b"\n\n",
        SIGNED[:-1],
        SIGNED + b"\n",
        SIGNED.replace(b"\n\n", b"\n"),
        SIGNED.replace(b"\n", b"\r\n"),
        SIGNED.replace(b"\n64\n", b"\n064\n"),
        SIGNED.replace(b"\n64\n", b"\n+64\n"),
        SIGNED.replace(b"\n64\n", "\n٦٤\n".encode()),
        SIGNED.replace(b"\n64\n", b"\n64\n64\n"),
        SIGNED.replace(b"=\n\n", b"=\nextension\n\n"),
        SIGNED.replace(b"=\n\n", b"\n\n"),
        SIGNED.replace(ORIGIN.encode() + b"\n", b"\n", 1),
        SIGNED.replace("\u2014 ".encode(), b"- "),
        SIGNED.replace("\u2014 ".encode(), "\u2014  ".encode()),
        b"\xff" + SIGNED,
        SIGNED + b"x" * 64_000,
    ],
)
def test_what_is_written_otherwise_is_refused(octets):
    with pytest.raises(NoteRefused):
        opened(octets, key=KEY.public_key(), origin=ORIGIN)


def test_base64_has_one_form():
    # The last symbol of a 32-byte root carries two bits that mean nothing.
    root = SIGNED.split(b"\n")[2]
    assert root.endswith(b"8=")
    with pytest.raises(NoteRefused, match="one form"):
        parse_checkpoint(parse_note(SIGNED.replace(root, root[:-2] + b"9=")))
