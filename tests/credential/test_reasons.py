"""The closed list of reasons."""

from cardservice.credential.reasons import CredentialError, Reason, Verdict


def test_reasons_stand_in_their_order_of_precedence():
    assert [reason.value for reason in Reason] == [
        *("malformed", "too_large", "unsupported", "unknown_issuer", "wrong_realm", "unknown_key", "bad_signature"),
        *("key_withdrawn", "not_yet_valid", "expired", "wrong_sector", "wrong_face", "blocked", "status_unknown"),
        "stale_trust",
    ]


def test_three_reasons_leave_the_verifier_unsure_and_all_others_refuse():
    unsure = {reason for reason in Reason if reason.verdict is Verdict.UNSURE}
    assert unsure == {Reason.WRONG_FACE, Reason.STATUS_UNKNOWN, Reason.STALE_TRUST}
    assert all(reason.verdict is Verdict.REFUSED for reason in set(Reason) - unsure)


def test_an_error_says_its_reason_and_nothing_else():
    assert str(CredentialError(Reason.EXPIRED)) == "expired"
    assert CredentialError(Reason.EXPIRED).args == ("expired",)
