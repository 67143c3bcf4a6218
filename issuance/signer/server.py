"""The signer's door: a Unix socket, one request a connection, peers of the allowed uids only."""

import os
import socket
import socketserver
import struct
import time
from pathlib import Path
from typing import Any

import structlog
from django.db import DatabaseError, connections

from issuance.signer import wire
from issuance.signer.rules import Refusal, Refused, SigningRules

IDLE_SECONDS = 5.0
_PEER = struct.Struct("3i")


class SignerServer(socketserver.ThreadingUnixStreamServer):
    """Serves `rules` at the socket `path` to processes of the uids `peers`, replacing a dead signer's socket.

    The file is open to its owner, and to the group of the signer when others are among the peers.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *, path: Path, rules: SigningRules, peers: frozenset[int]) -> None:
        self.rules = rules
        self.peers = peers
        path.unlink(missing_ok=True)
        before = os.umask(0o177 if peers <= {os.getuid()} else 0o117)
        try:
            super().__init__(str(path), _Conversation)
        finally:
            os.umask(before)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Whether the peer runs under an allowed uid (unix(7), SO_PEERCRED)."""
        credentials = request.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
        _, uid, _ = _PEER.unpack(credentials)
        if uid in self.peers:
            return True
        structlog.get_logger().warning("peer_refused")
        return False

    def handle_error(self, request: Any, client_address: Any) -> None:
        structlog.get_logger().error("conversation_failed")


class _Conversation(socketserver.BaseRequestHandler):
    server: SignerServer

    def handle(self) -> None:
        self.request.settimeout(IDLE_SECONDS)
        try:
            question = wire.receive(self.request)
            wire.send(self.request, self._answer(question))
        except (wire.BrokenMessage, OSError):
            return
        finally:
            connections.close_all()

    def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        try:
            return _perform(question, self.server.rules)
        except Refused as refused:
            return {"refused": refused.refusal.value}
        except DatabaseError as error:
            structlog.get_logger().error("database_failed", error=type(error).__name__)
            raise wire.BrokenMessage from None


def _perform(question: dict[str, Any], rules: SigningRules) -> dict[str, Any]:
    now = int(time.time())
    match question:
        case {"request": "sign_card", "card": card, "payloads": list(payloads), **rest} if not rest and _is_id(card):
            if not payloads or not all(type(payload) is bytes for payload in payloads):
                raise Refused(Refusal.BAD_REQUEST)
            return {"signatures": rules.sign_card(card_id=card, payloads=payloads, now=now)}
        case {"request": "sign_list", "number": number, **rest} if not rest and _is_id(number):
            signed = rules.sign_list(number=number, now=now)
            return {"cwt": signed.cwt, "jwt": signed.jwt, "iat": signed.iat, "set_bits": signed.set_bits}
    raise Refused(Refusal.BAD_REQUEST)


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**63
