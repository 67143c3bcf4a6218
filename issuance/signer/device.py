"""Private keys inside a PKCS #11 device (a hardware security module): made there, used there, never read out of it."""

import hashlib
import os
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pkcs11
import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters

from cardservice import environment
from cardservice.credential.keys import ES256, SIGNATURE_BYTES, PublicKey
from cardservice.credential.keyset import kid_of
from issuance.signer.held import DeviceAway, PinRefused

PAUSE = 2.0
"""Seconds after a failed connection in which none is tried: waiting cards must not each wait for a dead network."""

_PIN_REFUSED = (
    pkcs11.PinExpired,
    pkcs11.PinIncorrect,
    pkcs11.PinInvalid,
    pkcs11.PinLenRange,
    pkcs11.PinLocked,
    pkcs11.UserPinNotInitialized,
)
_OCTET_STRING = b"\x04\x41"
_SHORTEST_PIN = 4
_ASSIGNMENT = re.compile(r"([A-Z][A-Z0-9_]*)=(.+)")
_Answer = TypeVar("_Answer")


@dataclass
class KeyDevice:
    """The keys of the token `label` behind the library at the path `module`; reconnects by itself.

    Keys are ES256 and bear their kid as CKA_ID. One conversation at a time: the library is told of no threads.
    """

    module: str
    label: str
    pin: str = field(repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _session: Any = field(default=None, repr=False)
    _found: dict[str, Any] = field(default_factory=dict, repr=False)
    _pin_refused: bool = False
    _not_before: float = 0.0

    def holds(self, kid: str) -> bool:
        """Whether the device holds a private key of this kid that was made there and cannot leave it.

        Raises DeviceAway, PinRefused.
        """
        return self._ask(lambda: self._key(kid)) is not None

    def sign(self, kid: str, message: bytes) -> bytes:
        """r||s over `message`, other bytes each time. Raises DeviceAway, PinRefused."""
        digest = hashlib.sha256(message).digest()

        def signed() -> bytes | None:
            key = self._key(kid)
            return None if key is None else bytes(key.sign(digest, mechanism=Mechanism.ECDSA))

        signature = self._ask(signed)
        if signature is None or len(signature) != SIGNATURE_BYTES:
            raise DeviceAway
        return signature

    def make(self) -> PublicKey:
        """Makes one key inside the device, which will not give it out; its public half.

        Raises DeviceAway, PinRefused.
        """
        public = self._ask(self._made)
        if public is None:
            raise DeviceAway
        return public

    def _ask(self, question: Callable[[], _Answer | None]) -> _Answer | None:
        """The answer; when there is none, or the session has died unnoticed, that of a fresh session."""
        with self._lock:
            while True:
                fresh = self._session is None
                if fresh:
                    self._connect()
                try:
                    answer = question()
                except pkcs11.PKCS11Error as error:
                    self._leave()
                    if fresh:
                        structlog.get_logger().error("key_device_failed", error=type(error).__name__)
                        raise DeviceAway from None
                else:
                    if answer is not None or fresh:
                        return answer
                    # Over a session from before, a device that was away looks empty.
                    self._leave()

    def _connect(self) -> None:
        """Opens a session from the beginning. Raises DeviceAway, PinRefused."""
        if self._pin_refused:
            raise PinRefused
        if time.monotonic() < self._not_before:
            raise DeviceAway
        log = structlog.get_logger()
        try:
            library = pkcs11.lib(self.module)
            # Libraries remember which tokens there were when they started.
            with suppress(pkcs11.PKCS11Error):
                library.finalize()
            library.initialize()
            self._session = library.get_token(token_label=self.label).open(rw=True, user_pin=self.pin)
        except _PIN_REFUSED as error:
            self._pin_refused = True
            log.critical("key_device_refused_pin", error=type(error).__name__)
            raise PinRefused from None
        except pkcs11.PKCS11Error as error:
            self._not_before = time.monotonic() + PAUSE
            log.error("key_device_away", error=type(error).__name__)
            raise DeviceAway from None
        log.info("key_device_connected")

    def _leave(self) -> None:
        session, self._session = self._session, None
        self._found.clear()
        with suppress(pkcs11.PKCS11Error):
            if session is not None:
                session.close()

    def _key(self, kid: str) -> Any:
        if kid not in self._found:
            try:
                key = self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=bytes.fromhex(kid))
            except pkcs11.NoSuchKey:
                return None
            if not key[Attribute.NEVER_EXTRACTABLE]:
                structlog.get_logger().error("key_device_gives_out_key")
                return None
            self._found[kid] = key
        return self._found[kid]

    def _made(self) -> PublicKey:
        curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        domain = self._session.create_domain_parameters(KeyType.EC, curve, local=True)
        public, private = domain.generate_keypair(
            store=True,
            # Until the key is there nobody knows its kid; one that a crash leaves under this id is never asked for.
            id=os.urandom(16),
            capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
            private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
        )
        made = PublicKey(alg=ES256, key=_point(public[Attribute.EC_POINT]))
        for half in (public, private):
            half[Attribute.ID] = kid_of(made)
        return made


def device_told() -> KeyDevice:
    """The device that this process's environment names. Raises WrongEnvironment."""
    module = environment.text("CARDSERVICE_PKCS11_MODULE")
    if not Path(module).is_file():
        raise environment.WrongEnvironment(
            f"CARDSERVICE_PKCS11_MODULE points to {module}, which is no file: install the library of the device."
        )
    if conf := os.environ.get("CARDSERVICE_PKCS11_CONF"):
        assignment = _ASSIGNMENT.fullmatch(conf)
        if assignment is None:
            raise environment.WrongEnvironment(
                "CARDSERVICE_PKCS11_CONF is not NAME=VALUE: set it to the variable that the device's library reads."
            )
        os.environ[assignment[1]] = assignment[2]
    return KeyDevice(
        module=module,
        label=environment.text("CARDSERVICE_PKCS11_LABEL"),
        pin=environment.passphrase("CARDSERVICE_PKCS11_PIN", shortest=_SHORTEST_PIN),
    )


def _point(octets: bytes) -> ec.EllipticCurvePublicKey:
    """The public key of an EC_POINT: by the standard inside a DER octet string, by some devices bare."""
    bare = octets.removeprefix(_OCTET_STRING) if len(octets) == 67 else octets
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bare)
