"""Sealed texts open with the same key and purpose only."""

import pytest

from staff.sealing import Unsealable, seal, unseal

KEY = "k" * 50


def test_it_opens_what_it_sealed():
    assert unseal(sealed=seal(text="JBSWY3DP", secret_key=KEY, purpose="a"), secret_key=KEY, purpose="a") == "JBSWY3DP"


def test_it_seals_the_same_text_differently_each_time():
    assert len({seal(text="same", secret_key=KEY, purpose="a") for _ in range(10)}) == 10


@pytest.mark.parametrize(("key", "purpose"), [("x" * 50, "a"), (KEY, "b")])
def test_it_refuses_another_key_or_purpose(key, purpose):
    with pytest.raises(Unsealable):
        unseal(sealed=seal(text="t", secret_key=KEY, purpose="a"), secret_key=key, purpose=purpose)


@pytest.mark.parametrize("broken", ["", "AAAA", "not base64!", "é", "A" * 400])
def test_it_refuses_anything_that_was_not_sealed(broken):
    with pytest.raises(Unsealable):
        unseal(sealed=broken, secret_key=KEY, purpose="a")
