"""Having the signer's device make keys, in a process of its own that holds the PIN and ends."""

import json
import subprocess
import sys

from cardservice.credential import cbor, keys
from cardservice.credential.keys import PublicKey
from cardservice.credential.reasons import CredentialError
from cardservice.home import Home


class NotMade(Exception):
    """The device made no keys; the text says why and what to do."""


def has_device(home: Home) -> bool:
    """Whether the signer of this home is told of a device."""
    return "CARDSERVICE_PKCS11_MODULE" in home.environment("signer")


def make(home: Home, *, count: int) -> list[PublicKey]:
    """The public halves of `count` new keys, of which the private ones never leave the device. Raises NotMade."""
    done = subprocess.run(
        # Needs no database: keys come before the first key set, and that one before the first start.
        [sys.executable, "-m", "django", "make_device_keys", str(count)],
        env=home.environment("signer"),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.strip().splitlines() if not line.startswith("{")]
        raise NotMade(said[-1].removeprefix("CommandError: ") if said else "The PKCS #11 device made no keys.")
    return [_public(octets) for octets in json.loads(done.stdout)["keys"]]


def read(octets: bytes) -> list[PublicKey]:
    """The public halves that `keys make --json` printed. Raises NotMade."""
    try:
        return [_public(key["public"]) for key in json.loads(octets)["keys"]]
    except (ValueError, TypeError, KeyError, CredentialError):
        raise NotMade("That is not what `keys make --json` printed.") from None


def _public(hexadecimal: str) -> PublicKey:
    return keys.from_cose_key(cbor.loads(bytes.fromhex(hexadecimal)))
