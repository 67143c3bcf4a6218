"""The word `publish`: sign and publish key set and status lists now."""

import json

from cardservice.cli.answers import DEFAULT_HOME, HomeOption, JsonOption, answer, home_at
from cardservice.cli.compartment import run_in
from cardservice.supervisor import running


def publish(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Sign and publish key set and status lists now, instead of at the next tick of five minutes."""
    place = home_at(home)
    with running(place):
        body = json.loads(run_in(place, "publisher", "publisher", "--once"))
    lines = [f"Key set {body['key_set_seq']}"]
    lines += [f"{entry['uri']}: {entry['bytes']} bytes, {entry['set']} set" for entry in body["lists"]]
    answer(body, as_json=as_json, lines=lines)
