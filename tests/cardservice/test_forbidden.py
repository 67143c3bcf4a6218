"""The closed lists: forbidden names in every spelling, forbidden shapes."""

import pytest

from cardservice.forbidden import LONGEST_WORD, offending, shape_fault


@pytest.mark.parametrize("name", ["nationality", "birthPlace", "holder-gender", "second_passport_number", "e_mail"])
def test_a_forbidden_name_is_seen_in_every_spelling(name: str):
    assert offending([name]) == {name}


@pytest.mark.parametrize("name", ["permitted_faces", "notebook", "X-Origin", "week"])
def test_other_names_are_not(name: str):
    assert offending([name]) == set()


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("FileField", "whatever"),
        ("FilePathField", "whatever"),
        ("JSONField", "whatever"),
        ("TextField", "whatever"),
        ("ArrayField", "whatever"),
        ("GenericIPAddressField", "network"),
        ("DateTimeField", "time of day"),
        ("TimeField", "time of day"),
        ("DurationField", "time of day"),
        ("BinaryField", "without end"),
        ("CharField", "prose"),
    ],
)
def test_a_forbidden_shape_is_seen_also_in_a_descendant(kind: str, fault: str):
    assert fault in (shape_fault(kinds=["Ours", kind, "Field"], max_length=None, closed=False) or "")


def test_a_code_is_no_prose_and_a_list_of_choices_is_closed():
    assert shape_fault(kinds=["CharField"], max_length=LONGEST_WORD, closed=False) is None
    assert shape_fault(kinds=["CharField"], max_length=LONGEST_WORD + 1, closed=False) is not None
    assert shape_fault(kinds=["CharField"], max_length=LONGEST_WORD + 1, closed=True) is None
    assert shape_fault(kinds=["DateField"], max_length=None, closed=False) is None
    assert shape_fault(kinds=["BinaryField"], max_length=32, closed=False) is None
