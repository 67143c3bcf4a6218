"""Talking to the three keepers of the root: each gets a share alone at the screen, two give theirs to open it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cardservice.cli.answers import Failed
from cardservice.files import write_once
from issuance.vault import KEEPERS, Share, Vault, VaultClosed, open_vault, read_share

_WIPE = "\x1b[H\x1b[2J\x1b[3J"
"""Clears a terminal with what it would scroll back to (ECMA-48, xterm)."""

ShareOption = Annotated[
    list[Path] | None,
    typer.Option("--share", help="File with a keeper's share; give two. Without it the shares are asked for."),
]


def hand_out(shares: Sequence[Share], *, directory: Path | None) -> list[Path]:
    """Gives each keeper the share: a file each in `directory`, or shown and typed back. Raises Failed."""
    if directory is not None:
        return [_write(share, directory) for share in shares]
    _require_person()
    for share in shares:
        typer.prompt(
            f"Keeper {share.keeper} alone at the screen, nobody and no camera behind: press Enter to see the share",
            default="",
            show_default=False,
        )
        typer.echo(f"\n    {share.text}\n\nWrite it down by hand. It is shown this once.")
        while not _typed_back(share):
            typer.echo("That is not what the screen shows: compare symbol by symbol.")
        typer.echo(_WIPE, nl=False)
    return []


def opened(path: Path, share_files: list[Path] | None) -> Vault:
    """The vault in `path`, opened with two keepers' shares from files or typed in. Raises Failed."""
    try:
        return open_vault(path, shares=[read_share(text) for text in _texts(share_files)])
    except VaultClosed as closed:
        raise Failed(str(closed)) from None


def _texts(files: list[Path] | None) -> list[str]:
    if files:
        try:
            return [path.read_text() for path in files]
        except (OSError, UnicodeDecodeError):
            raise Failed("A share's file cannot be read: give two files that the ceremony wrote.") from None
    _require_person()
    return [typer.prompt(f"Share of the {place} keeper", hide_input=True) for place in ("first", "second")]


def _typed_back(share: Share) -> bool:
    try:
        return read_share(typer.prompt(f"Keeper {share.keeper}, type it back", hide_input=True)) == share
    except VaultClosed:
        return False


def _write(share: Share, directory: Path) -> Path:
    path = directory / f"share-{share.keeper}.txt"
    if path.exists():
        raise Failed(f"{path} exists already: give an empty directory for the shares.")
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_once(path, f"{share.text}\n".encode(), mode=0o600)
    return path


def _require_person() -> None:
    if not sys.stdin.isatty():
        raise Failed(
            f"The {len(KEEPERS)} keepers must be at a terminal; a script gives --shares-to DIR at the ceremony and"
            " two --share FILE later."
        )
