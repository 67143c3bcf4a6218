"""The word `keys reconcile`: signer, register and action log compared, in numbers by week."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import typer

from cardservice.cli.answers import DEFAULT_HOME, NO, HomeOption, JsonOption, answer, home_at
from cardservice.cli.compartment import run_in
from cardservice.reconciliation import Discrepancy, Finding, LogCounts, RegisterCounts
from cardservice.reconciliation import reconcile as compare

WORDS = {
    Discrepancy.LOG_BEHIND: "the log has not taken in the last week yet: run this again after the next daily batch",
    Discrepancy.CARD_WITHOUT_ENTRY: "cards were signed that no entry of the log tells of",
    Discrepancy.ROW_NOT_COUNTED: "rows are marked as signed that the signer did not count",
    Discrepancy.ROW_GONE: "rows of signed cards are gone before their time",
    Discrepancy.INDEX_NOT_MARKED: "indexes of cards are not marked as given away",
}


def reconcile(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Compare, week by week, what was signed, what the register holds and what the log tells; exit 1 if they differ."""
    place, today = home_at(home), datetime.now(UTC).date()
    register = json.loads(run_in(place, "issuance", "register_counts"))
    log = json.loads(run_in(place, "privacy", "log_counts"))
    done = compare(
        register=RegisterCounts(
            counted=register["counted"],
            signed=_by_week(register["signed"]),
            given=register["given"],
            taken=register["taken"],
        ),
        log=LogCounts(
            entries=_by_week(log["entries"]), batch=date.fromisoformat(log["batch"]) if log["batch"] else None
        ),
        this_week=today - timedelta(days=today.weekday()),
        kept_since=date.fromisoformat(register["kept_since"]),
    )
    body = {
        "ok": done.ok,
        "counted": register["counted"],
        "weeks": [asdict(week) | {"week": week.week.isoformat()} for week in done.weeks],
        "findings": [
            {"finding": it.discrepancy.value, "count": it.count, "week": it.week and it.week.isoformat()}
            for it in done.findings
        ],
    }
    lines = [f"{week.week}  {week.signed:6} signed  {week.entries:6} in the log" for week in done.weeks]
    lines += [_sentence(finding) for finding in done.findings] or ["Signer, register and log agree."]
    answer(body, as_json=as_json, lines=lines)
    if not done.ok:
        raise typer.Exit(NO)


def _by_week(numbers: dict[str, int]) -> dict[date, int]:
    return {date.fromisoformat(week): number for week, number in numbers.items()}


def _sentence(finding: Finding) -> str:
    of = f" in the week of {finding.week}" if finding.week else ""
    return f"{finding.count}{of}: {WORDS[finding.discrepancy]}."
