"""Asking the signer: sign a reserved card, sign a status list."""

import socket
from dataclasses import dataclass
from typing import Any, Protocol

from cardservice.credential.keys import SIGNATURE_BYTES
from issuance.signer import wire

TIMEOUT = 10.0


class SignerUnavailable(Exception):
    """The signer cannot be reached or does not answer as it should; trying again is safe."""


class SignerRefused(Exception):
    """The signer said no; `code` is one of the codes of issuance.signer.rules."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class SignedList:
    """A freshly signed status list in both forms; `set_bits` counts entries that are set, decoys included."""

    cwt: bytes
    jwt: bytes
    iat: int
    set_bits: int


class Signer(Protocol):
    """What desk and publisher know of the signer."""

    def sign_card(self, *, card: int, payloads: list[bytes]) -> list[bytes]: ...

    def sign_list(self, *, number: int) -> SignedList: ...


@dataclass(frozen=True)
class SocketSigner:
    """The signer behind the Unix socket at `path`."""

    path: str

    def sign_card(self, *, card: int, payloads: list[bytes]) -> list[bytes]:
        """The signatures over the claims of all faces of a reserved card.

        Raises SignerUnavailable, SignerRefused.
        """
        match self._ask({"request": "sign_card", "card": card, "payloads": payloads}):
            case {"signatures": [*signatures]} if len(signatures) == len(payloads) and all(map(_is_one, signatures)):
                return signatures
        raise SignerUnavailable

    def sign_list(self, *, number: int) -> SignedList:
        """Status list `number` with the bits of this moment. Raises SignerUnavailable, SignerRefused."""
        match self._ask({"request": "sign_list", "number": number}):
            case {"cwt": bytes(cwt), "jwt": bytes(jwt), "iat": int(iat), "set_bits": int(set_bits)}:
                return SignedList(cwt=cwt, jwt=jwt, iat=iat, set_bits=set_bits)
        raise SignerUnavailable

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(TIMEOUT)
                connection.connect(self.path)
                wire.send(connection, question)
                answer = wire.receive(connection)
        except (OSError, wire.BrokenMessage):
            raise SignerUnavailable from None
        if "refused" in answer:
            raise SignerRefused(str(answer["refused"]))
        return answer


def _is_one(signature: Any) -> bool:
    return type(signature) is bytes and len(signature) == SIGNATURE_BYTES
