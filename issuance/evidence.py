"""Reads the evidence policies: what may be shown for a card, how many points it is worth; one TOML file a version."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cardservice.languages import OF_STAFF

_FOLDER = Path(__file__).with_name("evidence_policies")
_KINDS = ("identity", "residence")


class PolicyError(ValueError):
    """A policy file lacks a key, has one too many, or needs points that nothing gives."""


@dataclass(frozen=True)
class Evidence:
    """One kind of thing that may be shown. `labels` has the words for staff by language."""

    code: str
    identity: int
    residence: int
    labels: dict[str, str]


@dataclass(frozen=True)
class Policy:
    """A version of the policy: the points needed of each kind, and what gives them."""

    version: int
    identity: int
    residence: int
    carer_from_age: int
    evidence: tuple[Evidence, ...]


@cache
def in_force() -> Policy:
    """The policy with the highest number. Raises PolicyError."""
    version = max(int(file.stem) for file in _FOLDER.glob("*.toml"))
    return parse_policy((_FOLDER / f"{version}.toml").read_text(encoding="utf-8"), version=version)


def parse_policy(toml: str, *, version: int) -> Policy:
    """The policy that this file describes. Raises PolicyError."""
    try:
        written = tomllib.loads(toml)
        needs, carer, listed = _only(written, "needs", "carer", "evidence")
        identity, residence = (_points(number) for number in _only(needs, *_KINDS))
        (from_age,) = _only(carer, "from_age")
        evidence = tuple(_evidence(entry) for entry in listed)
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise PolicyError(f"evidence policy {version}: {error}") from None
    if len({entry.code for entry in evidence}) != len(evidence):
        raise PolicyError(f"evidence policy {version}: a code stands twice")
    for kind, needed in (("identity", identity), ("residence", residence)):
        if sum(getattr(entry, kind) for entry in evidence) < needed:
            raise PolicyError(f"evidence policy {version}: nobody can reach {needed} points of {kind}")
    return Policy(
        version=version,
        identity=identity,
        residence=residence,
        carer_from_age=_points(from_age),
        evidence=evidence,
    )


def _evidence(entry: dict[str, Any]) -> Evidence:
    points = {kind: _points(entry[kind]) for kind in _KINDS if kind in entry}
    code, label = _only({key: value for key, value in entry.items() if key not in points}, "code", "label")
    labels = dict(zip(OF_STAFF, _only(label, *OF_STAFF), strict=True))
    if not points or not code or not all(labels.values()):
        raise PolicyError(f"evidence {code!r} gives no points or has no words")
    return Evidence(code=code, identity=points.get("identity", 0), residence=points.get("residence", 0), labels=labels)


def _only(table: dict[str, Any], *keys: str) -> list[Any]:
    """The values of exactly these keys."""
    if set(table) != set(keys):
        raise PolicyError(f"has the keys {', '.join(sorted(table))} instead of {', '.join(sorted(keys))}")
    return [table[key] for key in keys]


def _points(number: object) -> int:
    if type(number) is not int or not 0 < number <= 20:
        raise PolicyError(f"{number!r} is not a number from 1 to 20")
    return number
