"""The private keys that the signer may use, by kid: those of its files, and those of its device when it has one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from cardservice.credential import keys
from cardservice.credential.keys import PrivateKey


class DeviceAway(Exception):
    """The device does not answer; trying again is safe, and works as soon as the device is back."""


class PinRefused(Exception):
    """The device refused its PIN, which is not tried again: a few wrong ones lock a device for good."""


class Device(Protocol):
    """What the signer knows of a device that holds keys; every question raises DeviceAway or PinRefused."""

    def holds(self, kid: str) -> bool: ...

    def sign(self, kid: str, message: bytes) -> bytes: ...


@dataclass(frozen=True)
class HeldKeys:
    """Keys of files are there at once and sign deterministically; those of the device are asked for."""

    files: dict[str, PrivateKey] = field(repr=False)
    device: Device | None = None

    def signing_with(self, kid: str) -> Callable[[bytes], bytes] | None:
        """What makes 64 bytes of signature of a message with this key; None when the key is not here.

        Raises DeviceAway, PinRefused, and so does what it gives.
        """
        if (private := self.files.get(kid)) is not None:
            return partial(keys.sign, private)
        if self.device is not None and self.device.holds(kid):
            return partial(self.device.sign, kid)
        return None
