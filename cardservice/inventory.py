"""The data inventory: all declarations of all compartments, as a record of processing that needs no database."""

import issuance.declarations
import privacy.declarations
import staff.declarations
import verification.declarations
from cardservice import frame_declarations
from cardservice.declarations import Declaration, Kind, PersonalData
from cardservice.forbidden import EXCUSED

INVENTORY: dict[str, tuple[Declaration, ...]] = {
    "issuance": issuance.declarations.DECLARATIONS,
    "verification": verification.declarations.DECLARATIONS,
    "privacy": privacy.declarations.DECLARATIONS,
    "staff": staff.declarations.DECLARATIONS,
    "frame": frame_declarations.DECLARATIONS,
}
"""Compartment -> what it holds; "frame" for what all share."""


def declared(*kinds: Kind) -> list[Declaration]:
    """The declarations of these kinds, of all compartments."""
    return [declaration for part in INVENTORY.values() for declaration in part if declaration.kind in kinds]


def as_json() -> dict[str, object]:
    """The whole inventory as JSON values: {"summary": {...}, "compartments": {name: [{kind, name, ...}]}}."""
    return {
        "summary": summary(),
        "compartments": {name: [_entry(it) for it in part] for name, part in INVENTORY.items()},
    }


def summary() -> dict[str, int]:
    """How many places and fields there are, and how many of the places tell of whom."""
    everything = declared(*Kind)
    there = [it for it in everything if not it.stays_empty]
    return {
        "places": len(everything),
        "fields": sum(len(it.fields) for it in everything),
        "stay_empty": len(everything) - len(there),
    } | {whom.name.lower(): sum(it.personal_data is whom for it in there) for whom in PersonalData}


def _entry(it: Declaration) -> dict[str, object]:
    return {
        "kind": it.kind.value,
        "name": it.name,
        "personal_data": it.personal_data.value,
        "purpose": it.purpose,
        "retention": it.retention,
        "readers": list(it.readers),
        "article": it.article,
        "stays_empty": it.stays_empty,
        "fields": dict(it.fields),
        "excused": {name: why for name in it.fields if (why := EXCUSED.get(f"{it.name}.{name}"))},
    }
