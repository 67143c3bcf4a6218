"""What pages say of the city, read from the one theme file that also gives cards their look."""

import tomllib
from pathlib import Path

from cardservice.environment import WrongEnvironment


def name_in(theme: Path) -> str:
    """The `name` of [city]. Raises WrongEnvironment when the file cannot be read or has none."""
    return _text(theme, "city", "name")


def telephone_in(theme: Path) -> str:
    """The `telephone` of [support], which blocks lost cards. Raises WrongEnvironment as `name_in`."""
    return _text(theme, "support", "telephone")


def _text(theme: Path, table: str, key: str) -> str:
    try:
        text = tomllib.loads(theme.read_text(encoding="utf-8"))[table][key]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError):
        text = None
    if not isinstance(text, str) or not text.strip():
        raise WrongEnvironment(f"CARDSERVICE_THEME points to {theme}, which is no theme file with a city's {key}.")
    return text
