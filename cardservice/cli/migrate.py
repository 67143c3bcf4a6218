"""The word `migrate`: bring the databases to the state of this version."""

from cardservice.cli.answers import DEFAULT_HOME, Failed, HomeOption, JsonOption, answer, home_at
from cardservice.preparation import NotPrepared
from cardservice.preparation import migrate as migrate_all


def migrate(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Bring every database to the state of this version, each as its migrator, and state its grants anew."""
    try:
        applied = migrate_all(home_at(home))
    except NotPrepared as error:
        raise Failed(str(error)) from None
    lines = [f"{alias:12}  {len(names) or 'no'} migrations applied" for alias, names in applied.items()]
    answer({"applied": applied}, as_json=as_json, lines=lines)
