"""The table of words, and the one place where their failures become exit codes."""

import sys

import typer

from cardservice.cli import (
    bench,
    demo,
    django_manage,
    issue,
    key_words,
    log_words,
    migrate,
    publish,
    rewrite,
    state,
    up,
)
from cardservice.cli.agreement import agreement_app
from cardservice.cli.answers import BAD, Failed
from cardservice.cli.check import check
from cardservice.cli.desk_client import DeskRefused
from cardservice.cli.inventory import inventory
from cardservice.home import HomeRefused
from cardservice.supervisor import StartRefused

app = typer.Typer(
    name="cardservice",
    help="QR city cards for everyone who lives here. The card is the record: the city keeps nothing about its holder.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(up.up)
app.command()(demo.demo)
app.command()(issue.issue)
app.command()(check)
app.command()(state.suspend)
app.command()(state.reinstate)
app.command()(state.revoke)
app.command()(publish.publish)
app.command()(rewrite.rewrite)
app.command()(migrate.migrate)
app.command()(bench.bench)
app.command()(inventory)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(django_manage.manage)
app.add_typer(agreement_app, name="agreement", help="Agreements with providers.")
app.add_typer(key_words.keys_app, name="keys", help="Signing keys.")
app.add_typer(log_words.log_app, name="log", help="The log of what staff did.")


def main() -> None:
    """Entry point of the console script."""
    sys.exit(_run())


def _run() -> int:
    try:
        result = app(standalone_mode=False, prog_name="cardservice")
    except typer.Exit as end:
        return end.exit_code
    except typer.Abort:
        return _say("Stopped.", 130)
    except typer.TyperException as error:
        # Without a message the help has been shown already.
        return _say(f"{error.format_message()} See `cardservice --help`.", BAD) if error.format_message() else BAD
    except Failed as error:
        return _say(str(error), error.code)
    except (StartRefused, HomeRefused, DeskRefused) as error:
        return _say(str(error), BAD)
    except BrokenPipeError:
        return BAD
    return result if isinstance(result, int) else 0


def _say(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code
