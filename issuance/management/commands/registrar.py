"""The registrar process: sweeps the register once a day and rewrites it once a week; with --rewrite at once."""

import json
import signal
import threading
import time
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connections

from issuance.rewrite import RegisterBusy, is_due, rewrite
from issuance.sweep import sweep

CHECK_SECONDS = 60.0


class Command(BaseCommand):
    """Runs until SIGTERM, or once."""

    help = "Revoke what nobody acknowledged, delete what expired long ago, rewrite the register in index order."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rewrite", action="store_true", help="rewrite now, print the seconds it took as JSON")

    def handle(self, *args: Any, rewrite: bool, **options: Any) -> None:
        if not rewrite:
            return _keep()
        try:
            self.stdout.write(json.dumps({"seconds": _rewrite_now()}))
        except RegisterBusy:
            raise CommandError("Others are at the register without a pause: try again in a quieter minute.") from None
        except Error:
            raise CommandError("The register's database failed; nothing was changed: see its own log.") from None
        return None


def _keep() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    log = structlog.get_logger()
    while not stop.is_set():
        try:
            if sweep(now=int(time.time())) is not None:
                log.info("register_swept")
            if is_due(now=int(time.time())):
                log.info("register_rewritten", seconds=_rewrite_now())
        except (RegisterBusy, Error) as error:
            log.error("upkeep_failed", error=type(error).__name__)
        finally:
            connections.close_all()
        stop.wait(CHECK_SECONDS)


def _rewrite_now() -> float:
    started = time.monotonic()
    rewrite(now=int(time.time()))
    return round(time.monotonic() - started, 3)
