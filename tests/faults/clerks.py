"""Clerks at work: threads that issue cards and, like the desk page, ask again until they are answered."""

import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.stack import Stack

PATIENCE = 60.0
ANSWER_SECONDS = 20.0
NAMES = ("Amina Example", "Bogdan Vorbild", "Chloé Muster")


@dataclass
class Order:
    """One order and what came of it: every answer to its seed, and whether the print was acknowledged."""

    body: dict[str, Any]
    answers: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: bool = False

    @property
    def seed(self) -> bytes:
        return bytes.fromhex(self.body["issue_seed"])


@dataclass
class Office:
    """What all clerks ordered, the troubles they asked again after, and answers that nothing explains."""

    orders: list[Order] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)


@contextmanager
def working(stack: Stack, *, clerks: int, seed: int) -> Iterator[Office]:
    """Clerks that issue until the block ends, and then finish the card they are at."""
    office, stop = Office(), threading.Event()
    http = signed_in(stack)
    threads = [
        threading.Thread(target=_work, args=(http, office, stop, random.Random(f"{seed}/{number}")), daemon=True)
        for number in range(clerks)
    ]
    for thread in threads:
        thread.start()
    try:
        yield office
    finally:
        stop.set()
        for thread in threads:
            thread.join(2 * PATIENCE)
        http.close()


def signed_in(stack: Stack) -> httpx.Client:
    """A signed-in clerk's connection, as the desk page has it."""
    clerk = stack.clerk()
    clerk._sign_in()
    client = httpx.Client(base_url=stack.desk, timeout=ANSWER_SECONDS, cookies=clerk._http.cookies)
    client.headers["X-CSRFToken"] = client.cookies["csrftoken"]
    return client


def new_order(*, profile: str = "standard", name: str = NAMES[0]) -> Order:
    return Order(
        {
            "issue_seed": secrets.token_hex(32),
            "profile": profile,
            "policy_version": 1,
            "name": name,
            "born": "1990-02-28",
            "language": "en",
        }
    )


def _work(http: httpx.Client, office: Office, stop: threading.Event, chance: random.Random) -> None:
    while not stop.wait(chance.uniform(0.0, 0.2)):
        order = new_order(profile=chance.choice(("standard",) * 4 + ("sectors",)), name=chance.choice(NAMES))
        office.orders.append(order)
        # Now and then a clerk asks once more for the same card, or leaves without acknowledging.
        for _ in range(chance.choice((1, 1, 1, 2))):
            if (answer := _until_answered(http, office, "/cards", order.body)) is not None:
                order.answers.append(answer)
        if order.answers and chance.random() < 0.9:
            seed = {"issue_seed": order.body["issue_seed"]}
            order.acknowledged = _until_answered(http, office, "/cards/ack", seed) is not None


def _until_answered(http: httpx.Client, office: Office, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """The answer; None, noted as a surprise, when it is neither a card nor a request to try again."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            response = http.post(path, json=body)
        except httpx.TransportError as error:
            office.troubles[type(error).__name__] += 1
        else:
            if response.is_success:
                return dict(response.json())
            code = f"{response.status_code} {response.json().get('code')}"
            if response.status_code != 503:
                office.surprises.append(f"{path}: {code}")
                return None
            office.troubles[code] += 1
        time.sleep(0.1)
    office.surprises.append(f"{path}: no answer within {PATIENCE:.0f} s")
    return None
