"""Issues a list of cards at the desk, one by one; killed at any moment, it goes on without doubling a card."""

import base64
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from cardservice.cli.answers import Failed
from cardservice.cli.batch_list import Row
from cardservice.cli.batch_resume import Resume
from cardservice.cli.card_order import order_of
from cardservice.cli.desk_client import DeskClient, DeskRefused
from cardservice.credential.derive import seed_of_row
from issuance.orders import POLICY_VERSION

AT_ONCE = 3
"""Requests under way: while one is being signed or read back, the next is drawn."""
_TRIES, _PAUSE_SECONDS = 5, 2.0
_WAITING_IS_NO_USE = ("signer_hourly_ceiling", "no_key", "register_full", "not_authenticated")
_OF_THE_ROW = (400, 409, 410)
_GO_ON = "Give the same command again: it goes on where it stopped."


@dataclass(frozen=True)
class Made:
    """A card of a batch; `created` is False when an earlier run had made it."""

    created: bool
    seed: str = field(repr=False)
    card_pdf: bytes = field(repr=False)
    paper_pdf: bytes = field(repr=False)


@dataclass
class Batch:
    """The cards made so far and the rows refused, both by row number; `advance` is called after each row."""

    desk: DeskClient
    rows: list[Row]
    resume: Resume
    advance: Callable[[], None]
    made: dict[int, Made] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    def issue(self) -> None:
        """Asks for the card of every row. Raises Failed when the batch cannot go on, or belongs to another list."""
        waiting = self._in_order()
        while waiting and not self.made:
            row = waiting.pop(0)
            # On disk before the card may exist: later it tells a resume file of another list.
            self.resume = self.resume.trying(row.number)
            self._keep(row, self._asked(row))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for row, outcome in zip(waiting, pool.map(self._asked_unless_stopped, waiting), strict=True):
                self._keep(row, outcome)

    def acknowledge(self) -> None:
        """Confirms all cards, once their files are written. Raises Failed."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            states = list(pool.map(self._acknowledged, self.made.values()))
        for number, state in zip(list(self.made), states, strict=True):
            if state != "active":
                self.refused[number] = "This card was blocked meanwhile: destroy what is printed of it."

    def _in_order(self) -> list[Row]:
        tried = [row for row in self.rows if row.number == self.resume.tried]
        if self.resume.tried is not None and not tried:
            raise self._another_list(self.resume.tried)
        return tried + [row for row in self.rows if row not in tried]

    def _keep(self, row: Row, outcome: Made | str) -> None:
        if isinstance(outcome, Made):
            self.made[row.number] = outcome
        else:
            self.refused[row.number] = outcome
        self.advance()

    def _asked_unless_stopped(self, row: Row) -> Made | str:
        if self._stop.is_set():
            raise Failed(_GO_ON)
        try:
            return self._asked(row)
        except Failed:
            self._stop.set()
            raise

    def _asked(self, row: Row) -> Made | str:
        """The card of a row, or why there is none."""
        if row.is_garbled:
            return "name is garbled: it was saved in one encoding and opened in another. Type it again."
        seed = seed_of_row(batch_seed=self.resume.batch_seed, row=row.number).hex()
        values = {name: row.values[name] for name in ("profile", "language") if name in row.values}
        order = order_of(name=row.values.get("name", ""), born=row.values.get("born"), picture=None, **values)
        try:
            answer = self._patiently("/cards", order | {"issue_seed": seed, "policy_version": POLICY_VERSION})
        except DeskRefused as refused:
            if refused.code == "seed_used" and row.number == self.resume.tried and not self.made:
                raise self._another_list(row.number) from None
            if refused.code == "seed_used":
                return "This row was changed after its card was made: set it back, or put it into a list of its own."
            if refused.status in _OF_THE_ROW:
                return str(refused)
            raise Failed(f"{refused} {_GO_ON}") from None
        body = answer.json()
        card, paper = (base64.b64decode(body[name]) for name in ("card_pdf", "paper_pdf"))
        return Made(created=answer.status_code == 201, seed=seed, card_pdf=card, paper_pdf=paper)

    def _acknowledged(self, made: Made) -> str:
        try:
            return str(self._patiently("/cards/ack", {"issue_seed": made.seed}).json()["state"])
        except DeskRefused as refused:
            raise Failed(f"{refused} {_GO_ON}") from None

    def _patiently(self, path: str, body: dict[str, object]) -> httpx.Response:
        """Asks again for a while when the desk is not there or cannot: the same request makes the same card.

        Raises DeskRefused.
        """
        for _ in range(_TRIES - 1):
            try:
                return self.desk.ask(path, body)
            except DeskRefused as refused:
                if refused.status not in (0, 503) or refused.code in _WAITING_IS_NO_USE:
                    raise
                time.sleep(_PAUSE_SECONDS)
        return self.desk.ask(path, body)

    def _another_list(self, row: int) -> Failed:
        return Failed(
            f"The resume file {self.resume.path} belongs to another list, or row {row} was changed after its card was "
            "made: give that list, or another --resume file."
        )
