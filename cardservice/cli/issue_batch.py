"""`issue --batch`: from a list of people to the files for the printers."""

import time
from dataclasses import dataclass
from pathlib import Path

import typer

from cardservice.cli.answers import NO, Failed, answer
from cardservice.cli.batch import Batch
from cardservice.cli.batch_list import read_list, repeated
from cardservice.cli.batch_resume import begin_or_resume
from cardservice.cli.card_files import refuse_lasting, write_card_file
from cardservice.cli.desk_client import DeskClient
from cardservice.cli.progress import progress
from cardservice.home import Home
from cardservice.supervisor import running
from issuance.render.imposition import joined, on_sheets


@dataclass(frozen=True)
class BatchFiles:
    """Where a batch reads and writes: the list, its resume file, cards one a page, papers, ten cards on an A4 sheet."""

    batch: Path
    resume: Path
    card_pdf: Path | None
    paper_pdf: Path | None
    sheet_pdf: Path | None


def issue_batch(home: Home, files: BatchFiles, *, as_json: bool) -> None:
    """Issues a card for each row; exit code 1 when rows were refused. Raises Failed."""
    if files.paper_pdf is None or (files.card_pdf is None and files.sheet_pdf is None):
        raise Failed("Say where the cards go: --paper-pdf FILE and --card-pdf FILE, or --sheet-pdf FILE, or both.")
    for path in (files.batch, files.resume, files.card_pdf, files.paper_pdf, files.sheet_pdf):
        refuse_lasting(home, path)
    rows = read_list(files.batch)
    resume = begin_or_resume(files.resume, rows=len(rows))
    started = time.perf_counter()
    with running(home) as addresses, progress("Cards issued", total=len(rows)) as advance:
        batch = Batch(DeskClient(home, addresses["desk"]), rows, resume, advance)
        batch.issue()
        if batch.made:
            _write(batch, files)
            batch.acknowledge()
    if batch.made:
        batch.resume.finish()
    else:
        files.resume.unlink()
    _tell(batch, repeated(rows), seconds=time.perf_counter() - started, as_json=as_json)


def _write(batch: Batch, files: BatchFiles) -> None:
    made = [batch.made[number] for number in sorted(batch.made)]
    cards = [one.card_pdf for one in made]
    if files.card_pdf is not None:
        write_card_file(files.card_pdf, joined(cards))
    if files.sheet_pdf is not None:
        write_card_file(files.sheet_pdf, on_sheets(cards))
    if files.paper_pdf is not None:
        write_card_file(files.paper_pdf, joined([one.paper_pdf for one in made]))


def _tell(batch: Batch, same: list[list[int]], *, seconds: float, as_json: bool) -> None:
    issued = sum(made.created for made in batch.made.values())
    refused = [{"row": number, "reason": batch.refused[number]} for number in sorted(batch.refused)]
    body = {
        "issued": issued,
        "resumed": len(batch.made) - issued,
        "refused": refused,
        "repeated": same,
        "seconds": round(seconds, 3),
    }
    lines = [f"{issued} cards issued, {body['resumed']} resumed, {len(refused)} refused, in {seconds:.1f} seconds."]
    lines += [f"Row {one['row']}: {one['reason']}" for one in refused]
    lines += [f"Rows {', '.join(map(str, numbers))} say the same: each got a card of its own." for numbers in same]
    if refused:
        lines.append("Put the refused rows, corrected, into a list of their own.")
    answer(body, as_json=as_json, lines=lines)
    if refused:
        raise typer.Exit(NO)
