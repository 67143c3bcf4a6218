"""What a clerk may order, and what is said about each field that is wrong."""

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from issuance.orders import OrderRefused
from tests.issuance.office import order, photos, picture

SEED = "5e" * 32


def _refused(**changed: object) -> dict[str, str]:
    with pytest.raises(OrderRefused) as caught:
        order(**changed)
    return caught.value.errors


@pytest.mark.parametrize(
    "name",
    [
        "Amina Example",
        "Nguyễn Thị Minh Khai",
        "Đorđe Vorbild-Muster",
        "Gülşen Iğdır",
        "أمينة مثال",
        "آزاده‌خانم نمونه",
        "שרה דוגמה",
        "Ελένη Παράδειγμα",
        "Наталія Прикладенко",
        "ሰላም ምሳሌ",
        "Անի Օրինակ",
        "ნინო მაგალითი",
        "अमीना उदाहरण",
        "আমিনা উদাহরণ",
        "தமிழ் உதாரணம்",
        "ตัวอย่าง",
        "O’Example",
        "Ng",
        "Ā" * 80,
    ],
)
def test_it_takes_names_of_many_scripts_as_they_are_written(name: str) -> None:
    assert order(name=name).name == name


def test_a_name_is_written_one_way_only() -> None:
    assert order(name="  Ame\u0301lie \t\n Example ".replace("\t\n", " ")).name == "Amélie Example"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "is empty"),
        ("  \u200d ", "is empty"),
        ("a" * 81, "longer than 80"),
        ("Amina\x00Example", "control character"),
        ("Amina\tExample", "control character"),
        ("Amina\u202eelpmaxE", "writing direction"),
        ("Amina\u2067Example", "writing direction"),
        ("\u0301Amina", "accent without a letter"),
        ("Amina\ue000", "no script has"),
        ("Amina\U000e0001", "control character"),
        ("Amina\u0378", "no script has"),
        ("王小明", "no shape for"),
        ("Amina 🙂", "no shape for"),
    ],
)
def test_it_refuses_a_name_and_says_why(name: str, says: str) -> None:
    errors = _refused(name=name)

    assert errors.keys() == {"name"}
    assert says in errors["name"]


@pytest.mark.parametrize(
    "seed", ["", SEED[:-1], SEED + "00", SEED[:-1] + "g", " " * 64, SEED[:-2] + "  ", "é" * 64, "٠" * 64]
)
def test_it_refuses_what_is_no_seed(seed: str) -> None:
    assert _refused(issue_seed=seed).keys() == {"issue_seed"}


@pytest.mark.parametrize("profile", ["", "Standard", "gold", "standard "])
def test_it_refuses_an_unknown_kind_of_card(profile: str) -> None:
    assert _refused(profile=profile, born=None)["profile"] == "must be one of: standard, sectors"


@pytest.mark.parametrize("version", [0, 2, -1])
def test_it_refuses_a_page_with_another_policy(version: int) -> None:
    assert _refused(policy_version=version)["policy_version"] == "is not the policy in force (1)"


@pytest.mark.parametrize("language", ["", "EN", "../en", "xx"])
def test_it_refuses_a_language_without_texts(language: str) -> None:
    assert _refused(language=language)["language"].startswith("must be one of: ")


@pytest.mark.parametrize(
    "born",
    [
        "",
        "1990-02-30",
        "1990-13-01",
        "1990-00-10",
        "1990-2-3",
        "19900203",
        "1990-W05-3",
        "1990-02-03T00:00",
        " 1990-02-03",
        "٢٠٠٠-٠١-٠١",
        "2001-02-29",
        "0000-01-01",
    ],
)
def test_it_refuses_an_impossible_date(born: str) -> None:
    assert "is not a date" in _refused(born=born)["born"]


@pytest.mark.parametrize("born", ["2026-11-24", "9999-12-31", "1895-12-31", "0001-01-01"])
def test_it_refuses_births_to_come_and_of_long_ago(born: str) -> None:
    assert _refused(born=born)["born"] == "is in the future or too long ago"


@pytest.mark.parametrize(
    ("born", "written"), [("2016-11-23", "20161123"), ("1896-01-01", "18960101"), ("2012-02-29", "20120229")]
)
def test_it_takes_every_possible_date(born: str, written: str) -> None:
    assert order(born=born).born == written


def test_the_birth_date_may_be_left_out() -> None:
    assert order(born=None).born is None


def test_today_is_the_callers() -> None:
    assert "future" in _refused(born="2026-11-23", today=date(2026, 11, 22))["born"]


@pytest.mark.parametrize("born", ["2016-11-24", "2026-11-23"])
def test_it_refuses_a_child_under_ten(born: str) -> None:
    assert "of a child under 10" in _refused(born=born)["born"]


def test_it_takes_the_photos_of_a_desk_page() -> None:
    small, large = photos()
    ordered = order(photo_qr=small, photo_print=large)

    assert ordered.photo_qr == small
    assert ordered.photo_print is not None
    assert Image.open(BytesIO(ordered.photo_print)).size == (320, 400)


def test_a_picture_loses_its_metadata() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Amina, shelter 5"
    marked = picture(exif=exif)
    assert b"shelter 5" in marked

    ordered = order(photo_print=marked)

    assert ordered.photo_print is not None
    assert b"shelter 5" not in ordered.photo_print


def _webp(image: Image.Image, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("photo", "says"),
    [
        (b"", "unknown image format"),
        (b"RIFF", "unknown image format"),
        (b"\x00" * 401, "too large"),
        (picture("JPEG", (16, 20), quality=1)[:400], "unknown image format"),
        (_webp(Image.new("RGB", (64, 80), (200, 20, 20)), quality=1), "must be grey"),
        (_webp(Image.new("RGBA", (64, 80), (90, 90, 90, 30)), quality=1), "more than the picture"),
        (_webp(Image.new("RGB", (200, 20), (90, 90, 90)), quality=1), "pixels"),
        (photos()[0][:-1], "more than the picture"),
        (photos()[0] + b"\x00", "more than the picture"),
        (photos()[0][:24] + bytes(len(photos()[0]) - 24), "is broken"),
    ],
)
def test_it_refuses_a_photo_for_the_qr_and_says_why(photo: bytes, says: str) -> None:
    errors = _refused(photo_qr=photo)

    assert errors.keys() == {"photo_qr"}
    assert says in errors["photo_qr"]


@pytest.mark.parametrize(
    ("photo", "says"),
    [
        (b"", "unknown image format"),
        (b"%PDF-1.7", "unknown image format"),
        (picture("GIF"), "unknown image format"),
        (picture()[:500], "is broken"),
        (picture(size=(79, 400)), "pixels"),
        (picture("PNG", size=(4001, 4000)), "pixels"),
        (b"\xff\xd8\xff" + bytes(3_000_000), "too large"),
    ],
)
def test_it_refuses_a_photo_for_the_print_and_says_why(photo: bytes, says: str) -> None:
    errors = _refused(photo_print=photo)

    assert errors.keys() == {"photo_print"}
    assert says in errors["photo_print"]


def test_a_card_without_portrait_takes_no_photo_for_the_qr() -> None:
    assert _refused(profile="sectors", photo_qr=photos()[0])["photo_qr"] == "is not asked for by this kind of card"


def test_all_that_is_wrong_is_said_at_once_and_no_value_repeated() -> None:
    errors = _refused(
        issue_seed="SECRET-SEED",
        profile="SECRET-PROFILE",
        policy_version=9,
        name="SECRET\x00NAME",
        born="SECRETBORN",
        photo_qr=b"SECRET-PHOTO",
        photo_print=b"SECRET-PRINT",
        language="SECRET-LANGUAGE",
    )

    assert errors.keys() == {
        "issue_seed",
        "profile",
        "policy_version",
        "name",
        "born",
        "photo_qr",
        "photo_print",
        "language",
    }
    assert "SECRET" not in str(errors)
    assert "SECRET" not in str(OrderRefused(errors))


def test_an_order_shows_nothing_of_the_person() -> None:
    small, large = photos()
    shown = repr(order(name="Amina Example", born="1990-02-28", issue_seed=SEED, photo_qr=small, photo_print=large))

    assert not any(value in shown for value in ("Amina", "1990", "5e5e", "RIFF", "\\xff"))
