"""The word `up`: start and watch the processes of an installation."""

import signal
import threading
from types import FrameType

import typer

from cardservice.cli.answers import DEFAULT_HOME, HomeOption, home_at
from cardservice.home import Home
from cardservice.processes import PROCESSES
from cardservice.supervisor import ORDER, Supervisor, free_ports


def up(
    home: HomeOption = DEFAULT_HOME,
    use_free_ports: bool = typer.Option(False, "--free-ports", help="Listen on free ports instead of 8000, 8001 ..."),
) -> None:
    """Start desk, gate, office, holder and what works behind them, and keep them running until Ctrl-C."""
    ports = free_ports() if use_free_ports else {n: p for n in ORDER if (p := PROCESSES[n].port)}
    place = home_at(home)
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    supervisor = Supervisor(place, ports=ports, say=lambda sentence: typer.echo(sentence, err=True))
    try:
        supervisor.start(until=stop.is_set)
        supervisor.wait_until_ready(until=stop.is_set)
        if not stop.is_set():
            _greet(supervisor, place)
        supervisor.watch(until=stop.is_set)
    finally:
        supervisor.stop()


def _greet(supervisor: Supervisor, home: Home) -> None:
    typer.echo(f"desk     {supervisor.addresses['desk']}  for clerks")
    typer.echo(f"gate     {supervisor.addresses['gate']}/scan/  for libraries and clinics")
    typer.echo(f"office   {supervisor.addresses['office']}  for coordinators and auditors")
    typer.echo(f"holder   {supervisor.addresses['holder']}  for residents")
    typer.echo(f"state    {home.path}")
    if home.realm == "demo":
        typer.echo(f"logins   {home.demo_staff}  (demo staff: codes, passwords, secrets for an authenticator app)")
        typer.echo("Demo realm: no production system accepts these cards.")
    typer.echo("Stop with Ctrl-C.")
