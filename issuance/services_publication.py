"""Publishing where cards can be used and who checks them: what the office handed over, under the services key."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cardservice.credential import cbor, cose, keys, services
from cardservice.credential.keyset import read_unverified
from cardservice.credential.reasons import CredentialError
from cardservice.credential.services import Services
from cardservice.files import write_atomically
from issuance import services_key
from issuance.publication import alone_in
from issuance.services_key import ServicesKey

HANDED_OVER = "services.cbor"
_COSE, _JSON = "services.cose", "services.json"
_IAT = 6


@dataclass(frozen=True)
class PublishedServices:
    """What was published: how many places and agreements, when it was signed."""

    places: int
    agreements: int
    issued_at: int


def publish_services(
    *,
    directory: Path,
    handover: Path,
    keys_directory: Path,
    passphrase: Callable[[], str],
    key_set_file: Path,
    realm: str,
    now: int,
) -> PublishedServices | None:
    """Signs what lies in `handover` anew and writes it into `directory`; None when nothing was handed over yet.

    The content is read as strictly as any reader will: nothing else of the office reaches this side. Raises
    NoServicesKey, UnsafeKeys, OSError, what `passphrase` raises, and CredentialError for content or a key set of
    another form; what was published before stays.
    """
    try:
        content = services.read_content((handover / HANDED_OVER).read_bytes())
    except FileNotFoundError:
        return None
    key_set = read_unverified(key_set_file.read_bytes())
    key = services_key.load(keys_directory, passphrase=passphrase(), key_set=key_set, realm=realm, now=now)
    with alone_in(directory):
        iat = max(now, _published_at(directory / _COSE) + 1)
        shown = Services(issuer=key_set.issuer, iat=iat, exp=iat + services.VALIDITY, content=content)
        write_atomically(directory / _JSON, json.dumps(services.readable(shown), indent=1).encode())
        write_atomically(directory / _COSE, _signed(shown, key=key))
    return PublishedServices(places=len(content.places), agreements=len(content.agreements), issued_at=iat)


def _signed(shown: Services, *, key: ServicesKey) -> bytes:
    header = services.header(alg=key.entry.public.alg, kid=key.entry.kid)
    payload = services.payload(issuer=shown.issuer, iat=shown.iat, content=shown.content)
    signature = keys.sign(key.private, cose.message_to_sign(protected=header, payload=payload))
    return cose.assemble(protected=header, payload=payload, signature=signature)


def _published_at(path: Path) -> int:
    """When the document at `path` was signed, since readers take strictly newer ones only; 0 when there is none."""
    try:
        iat = cbor.loads(cose.parse(path.read_bytes()).payload)[_IAT]
    except (OSError, CredentialError, KeyError, TypeError):
        return 0
    return iat if type(iat) is int else 0
