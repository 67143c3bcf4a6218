"""The word `rewrite`: write the register anew in index order now, instead of at the turn of the week."""

import json

from cardservice.cli.answers import DEFAULT_HOME, HomeOption, JsonOption, answer, home_at
from cardservice.cli.compartment import run_in


def rewrite(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Write the register anew in index order, so that no file of its database tells which card came first."""
    body = json.loads(run_in(home_at(home), "registrar", "registrar", "--rewrite"))
    answer(body, as_json=as_json, lines=[f"The register was rewritten in {body['seconds']} s."])
