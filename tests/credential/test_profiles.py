"""Profiles as data: what each printed face holds."""

from cardservice.credential.profiles import PROFILES, SECTORAL, SECTORS, STANDARD


def test_the_standard_card_is_one_credential_with_two_faces():
    (credential,) = STANDARD.credentials
    assert credential.sector is None
    assert [(face.name, face.photo) for face in credential.faces] == [("compact", False), ("portrait", True)]


def test_the_sectors_card_has_one_credential_for_each_sector_and_no_photo():
    assert tuple(credential.sector for credential in SECTORAL.credentials) == SECTORS
    assert not SECTORAL.takes_photo
    assert all(len(credential.faces) == 1 for credential in SECTORAL.credentials)


def test_the_birth_date_is_asked_only_where_a_face_holds_it():
    holding = {credential.sector for credential in SECTORAL.credentials if credential.faces[0].born}
    assert holding == {"health", "education"}
    assert SECTORAL.takes_born and STANDARD.takes_born


def test_sector_codes_fit_the_claim_and_profiles_their_code():
    assert all(1 <= len(sector) <= 32 for sector in SECTORS) and len(set(SECTORS)) == len(SECTORS)
    assert {code: profile.code for code, profile in PROFILES.items()} == {code: code for code in PROFILES}
