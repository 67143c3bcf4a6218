"""The weekly comparison: honest numbers agree, and each planted difference is found under its own name."""

from dataclasses import replace
from datetime import date

import pytest

from cardservice.reconciliation import Discrepancy, Finding, LogCounts, RegisterCounts, Week, reconcile

FIRST, SECOND, THIS = date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23)
REGISTER = RegisterCounts(counted=12, signed={FIRST: 5, SECOND: 4, THIS: 3}, given=14, taken=13)
LOG = LogCounts(entries={FIRST: 5, SECOND: 4, THIS: 1}, batch=date(2026, 11, 24))
LONG_AGO = date(2023, 1, 2)


def _found(register: RegisterCounts = REGISTER, log: LogCounts = LOG, kept_since: date = LONG_AGO) -> list[Finding]:
    return list(reconcile(register=register, log=log, this_week=THIS, kept_since=kept_since).findings)


def test_honest_numbers_agree_and_the_running_week_is_not_judged():
    done = reconcile(register=REGISTER, log=LOG, this_week=THIS, kept_since=LONG_AGO)

    assert done.ok
    assert done.weeks == (Week(FIRST, 5, 5), Week(SECOND, 4, 4))


def test_an_empty_installation_agrees():
    nothing = RegisterCounts(counted=0, signed={}, given=0, taken=0)

    assert _found(nothing, LogCounts(entries={}, batch=THIS)) == []


def test_an_order_that_was_logged_and_never_signed_is_no_finding():
    assert _found(log=replace(LOG, entries=LOG.entries | {SECOND: 6})) == []


def test_a_card_signed_behind_the_desks_back_is_found():
    register = replace(REGISTER, counted=13, signed=REGISTER.signed | {SECOND: 5})

    assert _found(register) == [Finding(Discrepancy.CARD_WITHOUT_ENTRY, 1, SECOND)]


def test_a_deleted_entry_is_found_in_its_week_though_another_week_has_one_too_many():
    log = replace(LOG, entries={FIRST: 3, SECOND: 6})

    assert _found(log=log) == [Finding(Discrepancy.CARD_WITHOUT_ENTRY, 2, FIRST)]


def test_a_row_that_the_signer_never_counted_is_found():
    assert _found(replace(REGISTER, counted=11)) == [Finding(Discrepancy.ROW_NOT_COUNTED, 1)]


@pytest.mark.parametrize("week", [FIRST, SECOND, THIS])
def test_a_deleted_row_is_found_whatever_its_week(week: date):
    signed = {**REGISTER.signed, week: REGISTER.signed[week] - 1}

    assert _found(replace(REGISTER, signed=signed)) == [Finding(Discrepancy.ROW_GONE, 1)]


def test_rows_deleted_after_their_expiry_are_no_finding_and_no_cover_for_others():
    signed = {FIRST: 1, SECOND: 4, THIS: 3}
    assert _found(replace(REGISTER, signed=signed), kept_since=SECOND) == []
    signed[SECOND] = 3
    assert _found(replace(REGISTER, signed=signed), kept_since=SECOND) == [Finding(Discrepancy.ROW_GONE, 1)]


def test_a_bitmap_that_was_set_back_is_found():
    assert _found(replace(REGISTER, given=12)) == [Finding(Discrepancy.INDEX_NOT_MARKED, 1)]
    assert _found(replace(REGISTER, given=11, taken=0)) == [Finding(Discrepancy.INDEX_NOT_MARKED, 1)]


@pytest.mark.parametrize(("batch", "judged"), [(None, []), (date(2026, 11, 15), []), (date(2026, 11, 20), [FIRST])])
def test_a_log_that_is_behind_is_told_and_only_what_it_has_taken_in_is_judged(batch: date | None, judged: list[date]):
    log = LogCounts(entries={FIRST: 5}, batch=batch)

    done = reconcile(register=REGISTER, log=log, this_week=THIS, kept_since=LONG_AGO)

    assert [it.discrepancy for it in done.findings] == [Discrepancy.LOG_BEHIND]
    assert [week.week for week in done.weeks] == judged
