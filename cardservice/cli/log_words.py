"""The words `log ...`: the action log as an offline bundle, and the check of one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cardservice.cli.answers import DEFAULT_HOME, NO, Failed, HomeOption, JsonOption, answer, home_at
from cardservice.cli.compartment import run_in

log_app = typer.Typer(no_args_is_help=True)
FileArgument = Annotated[Path, typer.Argument(help="The bundle: one line of JSON for each entry.")]


@log_app.callback()
def log() -> None:
    """The log of what staff did."""


@log_app.command("export")
def export(file: FileArgument, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Write the action log into one file that can be checked without any server, and check it: exit 1 if damaged."""
    place = home_at(home)
    if not place.key_set.exists():
        raise Failed(f"{place.path} holds no key set: start the installation once with `cardservice up`.")
    run_in(place, "privacy", "log_export", str(file.absolute()))
    published = place.log_published / "checkpoint"
    # What was published once must still be in the log: a log that was cut off looks right by itself.
    _answer(_verified(file, place.root_public, [published] if published.exists() else []), as_json=as_json)


@log_app.command("verify")
def verify(
    file: FileArgument,
    root: Annotated[Path | None, typer.Option("--root", help="Public key of the root; default: the home's.")] = None,
    since: Annotated[
        list[Path] | None, typer.Option("--since", help="A checkpoint kept from earlier; may be given again.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Check an exported action log: exit 0 when it is intact, 1 when it is not."""
    _answer(_verified(file, root or home_at(home).root_public, since or []), as_json=as_json)


def _verified(file: Path, root: Path, since: list[Path]) -> dict[str, Any]:
    """What the standalone verifier says, in a process of its own. Raises Failed for a file that cannot be read."""
    kept = [word for path in since for word in ("--since", str(path))]
    done = subprocess.run(
        [sys.executable, "-m", "privacy.log_verify", str(file), "--root", str(root), *kept, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, NO):
        raise Failed((done.stderr.strip().splitlines() or ["The verifier said nothing."])[-1])
    return dict(json.loads(done.stdout))


def _answer(report: dict[str, Any], *, as_json: bool) -> None:
    intact = f"Intact: {report['size']} entries under {report['checkpoints']} signed checkpoints, root {report['root']}"
    findings = [f"finding: {name}, {count}" for name, count in sorted(report["findings"].items())]
    answer(report, as_json=as_json, lines=[intact, *findings] if report["ok"] else ["Not intact.", *report["problems"]])
    if not report["ok"]:
        raise typer.Exit(NO)
