"""The word `bench`: what this system adds to the bare operations underneath."""

import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cardservice.bench import rows as measure
from cardservice.bench.credentials import credential_rows
from cardservice.bench.holder import holder_rows
from cardservice.cli.answers import JsonOption, answer
from cardservice.cli.demo import agree_with_library
from cardservice.credential import codec
from cardservice.home import Home
from cardservice.supervisor import running

CardsOption = Annotated[int, typer.Option("--cards", min=1, help="cards in the register behind a published list")]


def bench(cards: CardsOption = 1_000_000, as_json: JsonOption = False) -> None:
    """Measure in a temporary home: checks, cards, log, gate, register; as ratios against bare counterparts."""
    with tempfile.TemporaryDirectory(prefix="cardservice-bench-") as place:
        home = Home(Path(place) / "home")
        # The gate would refuse more than a library ever sends.
        os.environ["CARDSERVICE_CHECKS_PER_MINUTE"] = "10000000"
        with running(home) as addresses:
            api_key = agree_with_library(home)
            rows, qr = measure.desk_rows(home, addresses["desk"])
            number = codec.open_text(qr)[1].number
            rows += holder_rows(addresses["holder"], card_number=number)
            rows += measure.batch_rows(home, addresses["desk"])
            rows += credential_rows(home, qr)
            rows += measure.log_rows(home)
            rows += measure.gate_rows(addresses["gate"], api_key=api_key, qr=qr)
            rows.append(measure.scanner_row(addresses["gate"]))
            rows += measure.list_rows(home, cards=cards)
    lines = [f"{row.name:55} {row.value:9.1f} {row.unit:3}" + _against(row) for row in rows]
    answer({"rows": [asdict(row) for row in rows]}, as_json=as_json, lines=lines)


def _against(row: measure.Row) -> str:
    return "" if row.ratio is None else f"  {row.ratio:5.2f} x {row.against}"
