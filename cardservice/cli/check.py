"""The word `check`: judge a card offline, by the documents published in the home."""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer
import zxingcpp
from PIL import Image, UnidentifiedImageError

from cardservice.cli.answers import DEFAULT_HOME, NO, Failed, HomeOption, JsonOption, answer, home_at
from cardservice.credential.calendar import timestamp
from cardservice.credential.codec import MAX_TEXT
from cardservice.credential.profiles import FIELDS
from cardservice.credential.reasons import Verdict
from cardservice.home import Home
from verification.disclosure import shown
from verification.documents import RootKeyUnreadable, load_offline, read_root
from verification.trust import Trust
from verification.verifier import Judgement, verify
from verification.wording import ALWAYS, REASONS, VERDICTS

_QR_CODES = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


def check(
    qr: Annotated[str, typer.Argument(help="Text of the QR code; - reads it from standard input.")] = "",
    image: Annotated[Path | None, typer.Option("--image", help="A PNG, JPEG or WebP picture of the QR code.")] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Check a card offline: exit 0 when it is valid, 1 when it is refused or unsure."""
    if bool(qr) == bool(image):
        raise Failed("Give the text of a QR code, or - to read it from standard input, or --image FILE.")
    now = int(time.time())
    trust = _offline_trust(home_at(home), now=now)
    judgement = verify(text=_text_in(image) if image else _text_of(qr), trust=trust, now=now, sector=None)
    issued_at = judgement.list_issued_at
    body = {
        "verdict": judgement.verdict.value,
        "reason": judgement.reason.value if judgement.reason else None,
        "expires": judgement.expires,
        "card": shown(judgement.claims, fields=FIELDS) if judgement.claims else None,
        "trust": {
            "key_set_seq": trust.key_set.seq if trust.key_set else None,
            "status_list_issued_at": timestamp(issued_at) if issued_at is not None else None,
        },
    }
    answer(body, as_json=as_json, lines=_lines(judgement))
    if judgement.verdict is not Verdict.VALID:
        raise typer.Exit(NO)


def _offline_trust(home: Home, *, now: int) -> Trust:
    try:
        root = read_root(home.root_public)
        trust = load_offline(published=home.published, root=root, issuer=home.issuer, realm=home.realm, now=now)
    except (RootKeyUnreadable, OSError):
        trust = None
    if trust is None or trust.key_set is None:
        raise Failed(f"{home.path} holds no documents to check by: run `cardservice publish` there once.")
    return trust


def _text_of(qr: str) -> str:
    # A text that a shell or an editor ended with a line end is still the same text; a space belongs to base45.
    return (sys.stdin.read(2 * MAX_TEXT) if qr == "-" else qr).rstrip("\r\n")


def _text_in(path: Path) -> str:
    try:
        with Image.open(path, formats=("PNG", "JPEG", "WEBP")) as picture:
            found = zxingcpp.read_barcodes(picture.convert("L"), formats=_QR_CODES)
    except UnidentifiedImageError:
        raise Failed(f"{path} is no PNG, JPEG or WebP picture.") from None
    except Image.DecompressionBombError:
        raise Failed(f"{path} is too large a picture: take a smaller one.") from None
    except OSError as error:
        raise Failed(f"{path} cannot be read ({error.strerror or 'damaged picture'}).") from None
    if not found:
        raise Failed(f"No QR code was found in {path}: take a sharper or closer picture.")
    return str(found[0].text)


def _lines(judgement: Judgement) -> list[str]:
    lines = [VERDICTS[judgement.verdict]]
    if judgement.reason:
        wording = REASONS[judgement.reason]
        lines += [f"{wording.why} {wording.advice}", ALWAYS]
    if judgement.claims:
        card = shown(judgement.claims, fields=("name", "born"))
        lines += [f"{name}: {value}" for name, value in card.items() if value]
        lines.append(f"valid through {judgement.expires}")
    return lines
