"""The city's name, read from the one theme file that also gives cards their look."""

import tomllib
from pathlib import Path

from cardservice.environment import WrongEnvironment


def name_in(theme: Path) -> str:
    """The `name` of [city]. Raises WrongEnvironment when the file cannot be read or has none."""
    try:
        name = tomllib.loads(theme.read_text(encoding="utf-8"))["city"]["name"]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError):
        name = None
    if not isinstance(name, str) or not name.strip():
        raise WrongEnvironment(f"CARDSERVICE_THEME points to {theme}, which is no theme file with a city's name.")
    return name
