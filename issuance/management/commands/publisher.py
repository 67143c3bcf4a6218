"""The publisher process: publishes on the fixed tick; with --once now, reporting what it wrote."""

import json
import signal
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections

from cardservice import environment
from cardservice.credential.reasons import CredentialError
from cardservice.environment import WrongEnvironment
from cardservice.key_files import UnsafeKeys
from cardservice.memory import keep_private
from issuance.publication import TICK, Publication, publish
from issuance.services_key import NoServicesKey
from issuance.services_publication import PublishedServices, publish_services
from issuance.signer.client import SignerRefused, SignerUnavailable, SocketSigner


class Command(BaseCommand):
    """Runs until SIGTERM, or once."""

    help = "Publish key set, status lists, and where cards can be used."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="publish now, print what was written as JSON")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        keep_private()
        if not once:
            return self._keep_publishing()
        try:
            published, services = _publish_now(), _publish_services_now()
            said = asdict(published) | {"services": asdict(services) if services else None}
            self.stdout.write(json.dumps(said))
        except (NoServicesKey, UnsafeKeys, WrongEnvironment) as error:
            raise CommandError(str(error)) from None
        except SignerUnavailable:
            raise CommandError("The signer does not answer: start it with `cardservice up`.") from None
        except SignerRefused as refused:
            raise CommandError(f"The signer refused: {refused.code}.") from None
        except CredentialError:
            raise CommandError(
                f"{settings.KEY_SET} is no key set, or {settings.HANDOVER} holds no content: bring the first from the"
                " root ceremony, have the office publish the second again."
            ) from None
        except OSError as error:
            raise CommandError(f"The publication directory cannot be written: {error.strerror}.") from None
        return None

    def _keep_publishing(self) -> None:
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        signal.signal(signal.SIGINT, lambda *_: stop.set())
        log = structlog.get_logger()
        wait = 0.0
        while not stop.wait(wait):
            try:
                published = _publish_now()
                log.info("published", lists=len(published.lists))
                _publish_services_apart()
                wait = TICK - time.time() % TICK
            except (SignerUnavailable, SignerRefused, CredentialError, OSError, DatabaseError) as error:
                log.error("publication_failed", error=type(error).__name__)
                wait = min(5.0, TICK - time.time() % TICK)
            finally:
                connections.close_all()


def _publish_services_apart() -> None:
    """Whatever is wrong with what the office handed over, status lists come first and go on."""
    try:
        _publish_services_now()
    except (NoServicesKey, UnsafeKeys, WrongEnvironment, CredentialError, OSError) as error:
        structlog.get_logger().error("services_not_published", error=type(error).__name__)


def _publish_services_now() -> PublishedServices | None:
    return publish_services(
        directory=Path(settings.PUBLISHED),
        handover=Path(settings.HANDOVER),
        keys_directory=Path(settings.SERVICES_KEYS),
        passphrase=lambda: environment.passphrase("CARDSERVICE_SERVICES_KEYS_PASSPHRASE"),
        key_set_file=Path(settings.KEY_SET),
        realm=settings.REALM,
        now=int(time.time()),
    )


def _publish_now() -> Publication:
    return publish(
        directory=Path(settings.PUBLISHED),
        key_set_file=Path(settings.KEY_SET),
        issuer=settings.ISSUER,
        signer=SocketSigner(settings.SIGNER_SOCKET),
    )
