"""Bodies under a duty to report: how they are recognised, and country files that are none."""

from pathlib import Path

import pytest

from verification.reporting_duty import Barred, CountryUnreadable, barred_as, read_barred

COUNTRY = Path(__file__).parents[2] / "verification" / "country.toml"


@pytest.mark.parametrize(
    "provider",
    ["IND", "IND, loket Utrecht", "immigratie- en naturalisatiedienst", "Immigratie en Naturalisatiedienst (IND)",
     "DT&V", "Politie, AVIM", "VREEMDELINGENPOLITIE", "Koninklijke  Marechaussee Schiphol"],
)  # fmt: skip
def test_the_example_of_the_netherlands_recognises_them(provider):
    assert barred_as(provider, barred=read_barred(COUNTRY))


@pytest.mark.parametrize(
    "provider", ["Bibliotheek", "Ind. Museum", "Indische Buurt", "Kliniek KIND", "MINDERHEDEN", ""]
)
def test_others_are_not_taken_for_them(provider):
    assert barred_as(provider, barred=read_barred(COUNTRY)) is None


def test_the_first_name_and_the_reason_are_what_people_are_told():
    assert barred_as("IND", barred=read_barred(COUNTRY)) == Barred(
        names=("Immigratie- en Naturalisatiedienst", "IND"), why="it decides on the right of residence"
    )


@pytest.mark.parametrize(
    "text", ["", "barred = 5", "barred = []", "[[barred]]", '[[barred]]\nnames = []\nwhy = "x"', "[[barred",
             '[[barred]]\nnames = ["-"]\nwhy = "x"', '[[barred]]\nnames = ["X"]\nwhy = ""']
)  # fmt: skip
def test_a_file_that_bars_nobody_is_none(tmp_path, text):
    (tmp_path / "country.toml").write_text(text)
    with pytest.raises(CountryUnreadable, match="country.toml is no country file"):
        read_barred(tmp_path / "country.toml")


def test_a_missing_file_is_none(tmp_path):
    with pytest.raises(CountryUnreadable):
        read_barred(tmp_path / "nothing")
