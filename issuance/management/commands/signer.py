"""The signer process: loads the private keys, hardens itself and answers at its socket."""

import signal
import threading
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cardservice import environment, key_files
from cardservice.credential.keys import PrivateKey, public_key_of
from cardservice.credential.keyset import kid_of
from cardservice.memory import keep_private
from issuance.signer.held import Device, HeldKeys
from issuance.signer.rules import HourlyCeiling, SigningRules
from issuance.signer.server import SignerServer


class Command(BaseCommand):
    """Runs until SIGTERM."""

    help = "Hold the signing keys and sign reserved cards and status lists."

    def handle(self, *args: object, **options: object) -> None:
        keep_private()
        peers = environment.uids("CARDSERVICE_SIGNER_PEERS")
        rules = SigningRules(
            issuer=settings.ISSUER,
            held=HeldKeys(files=_key_files(), device=_device()),
            ceiling=HourlyCeiling(most=settings.HOURLY_CEILING),
        )
        server = SignerServer(path=Path(settings.SIGNER_SOCKET), rules=rules, peers=peers)
        for number in (signal.SIGTERM, signal.SIGINT):
            # shutdown() waits for the loop to end, which runs in this very thread.
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
        with server:
            server.serve_forever(poll_interval=0.2)
        Path(settings.SIGNER_SOCKET).unlink(missing_ok=True)


def _key_files() -> dict[str, PrivateKey]:
    """The keys that lie in files: all of them, unless there is a device."""
    directory = Path(settings.KEYS)
    try:
        if settings.PKCS11_MODULE and not key_files.kids(directory):
            return {}
        passphrase = environment.passphrase("CARDSERVICE_KEYS_PASSPHRASE")
        private_keys = key_files.load(directory, passphrase=passphrase)
    except key_files.UnsafeKeys as error:
        raise CommandError(str(error)) from None
    for kid, private in private_keys.items():
        if kid_of(public_key_of(private)).hex() != kid:
            raise CommandError(f"{kid}.pem holds another key than its name says: restore the right file.")
    return private_keys


def _device() -> Device | None:
    """The device, when the environment names one; that it is away shows in the first answer, and heals."""
    if not settings.PKCS11_MODULE:
        return None
    # Its library takes a while to load, and most cities have none.
    from issuance.signer.device import device_told

    return device_told()
