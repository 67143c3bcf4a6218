"""The archivist process: appends the staged actions of a day to the log and signs the log's new head."""

import signal
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connections

from cardservice import environment, key_files
from cardservice.credential.keyset import read_unverified
from cardservice.credential.reasons import CredentialError
from cardservice.memory import keep_private
from privacy import log_keys
from privacy.batch import Batch, append_staged
from privacy.integrity import LogDamaged
from privacy.log_keys import NoLogKey

CHECK_SECONDS = 60.0
RETRY_SECONDS = 5.0


class Command(BaseCommand):
    """Runs until SIGTERM."""

    help = "Append the staged actions of each day to the action log, shuffled, and sign its head."

    def handle(self, *args: object, **options: object) -> None:
        keep_private()
        passphrase = environment.passphrase("CARDSERVICE_LOG_KEYS_PASSPHRASE")
        try:
            key_files.load(Path(settings.LOG_KEYS), passphrase=passphrase)
        except key_files.UnsafeKeys as error:
            raise CommandError(str(error)) from None
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        signal.signal(signal.SIGINT, lambda *_: stop.set())
        log = structlog.get_logger()
        while not stop.is_set():
            wait = CHECK_SECONDS
            try:
                batch = _batch_of_today(passphrase)
            except LogDamaged as damage:
                log.critical("log_damaged", code=damage.code, where=f"entry:{damage.number}")
            except (NoLogKey, key_files.UnsafeKeys, CredentialError, OSError, Error) as error:
                log.error("batch_failed", error=type(error).__name__)
                wait = RETRY_SECONDS
            else:
                if batch is not None:
                    _report(batch)
            finally:
                connections.close_all()
            stop.wait(wait)


def _batch_of_today(passphrase: str) -> Batch | None:
    key_set = read_unverified(Path(settings.KEY_SET).read_bytes())
    keys = log_keys.load(
        Path(settings.LOG_KEYS),
        passphrase=passphrase,
        key_set=key_set,
        realm=settings.REALM,
        now=int(time.time()),
    )
    return append_staged(today=datetime.now(UTC).date(), keys=keys, published=Path(settings.LOG_PUBLISHED))


def _report(batch: Batch) -> None:
    log = structlog.get_logger()
    log.info("batch_appended", entries=batch.entries)
    for finding, count in batch.findings.items():
        log.warning("log_finding", code=finding, entries=count)
