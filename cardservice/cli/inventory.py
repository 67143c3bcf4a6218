"""The word `inventory`: what data there are, why, how long and who reads them."""

from pathlib import Path
from typing import Annotated

import typer

from cardservice import inventory as record
from cardservice.cli.answers import Failed, JsonOption, answer
from cardservice.cli.inventory_page import page
from cardservice.declarations import Declaration


def inventory(
    html: Annotated[Path | None, typer.Option("--html", help="Write the inventory into this file as a page.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List every place that holds data: its fields, purpose, retention, readers, article of the GDPR."""
    if html is not None:
        try:
            html.write_text(page(), encoding="utf-8")
        except OSError as error:
            raise Failed(f"{html} cannot be written ({error.strerror}): choose another place.") from None
    answer(record.as_json(), as_json=as_json, lines=_lines() if html is None else [f"Written to {html}."])


def _lines() -> list[str]:
    lines = []
    for compartment, part in record.INVENTORY.items():
        lines += [compartment, *(f"  {_line(it)}" for it in part), ""]
    counted = record.summary()
    return [
        *lines,
        f"{counted['places']} places, {counted['fields']} fields. Kept of residents: nothing."
        f" In passing: {counted['in_passing']}. Staff pseudonyms: {counted['staff_pseudonym']}."
        f" Without personal data: {counted['none']}. Empty: {counted['stay_empty']}.",
    ]


def _line(it: Declaration) -> str:
    if it.stays_empty:
        return f"{it.kind} {it.name}: stays empty. {it.purpose}"
    return (
        f"{it.kind} {it.name} ({len(it.fields)}): {it.personal_data}. Purpose: {it.purpose}."
        f" Retention: {it.retention}. Readers: {', '.join(it.readers)}. GDPR {it.article}."
    )
