"""Checks city cards: online at the gate, or offline from the public documents."""

from cardservice_client.answers import Verification
from cardservice_client.offline import OfflineChecker
from cardservice_client.online import Gate, GateRefused
from cardservice_client.pairing import Pairing, pair

__all__ = ["Gate", "GateRefused", "OfflineChecker", "Pairing", "Verification", "pair"]
