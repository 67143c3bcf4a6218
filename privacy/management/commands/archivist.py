"""The archivist process: appends the staged actions of a day to the log."""

import signal
import threading
from datetime import UTC, datetime

import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from privacy.batch import append_staged

CHECK_SECONDS = 60


class Command(BaseCommand):
    """Runs until SIGTERM."""

    help = "Append the staged actions of each day to the action log, shuffled."

    def handle(self, *args: object, **options: object) -> None:
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        signal.signal(signal.SIGINT, lambda *_: stop.set())
        log = structlog.get_logger()
        while not stop.is_set():
            try:
                appended = append_staged(today=datetime.now(UTC).date())
            except DatabaseError as error:
                log.error("batch_failed", error=type(error).__name__)
            else:
                if appended is not None:
                    log.info("batch_appended", entries=appended)
            stop.wait(CHECK_SECONDS)
