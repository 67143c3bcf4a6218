"""The table of words, and the one place where their failures become exit codes."""

import sys
from importlib import import_module

import typer

from cardservice.cli.answers import BAD, Failed
from cardservice.home import HomeRefused
from cardservice.supervisor import StartRefused

WORDS = {
    "up": "up:up",
    "demo": "demo:demo",
    "issue": "issue:issue",
    "check": "check:check",
    "suspend": "state:suspend",
    "reinstate": "state:reinstate",
    "revoke": "state:revoke",
    "publish": "publish:publish",
    "rewrite": "rewrite:rewrite",
    "sandbox": "sandbox:sandbox",
    "migrate": "migrate:migrate",
    "bench": "bench:bench",
    "inventory": "inventory:inventory",
    "manage": "django_manage:manage",
    "agreement": "agreement:agreement_app",
    "staff": "staff_words:staff_app",
    "keys": "key_words:keys_app",
    "log": "log_words:log_app",
    "statistics": "statistics:statistics",
    "drill": "drill:drill_app",
}
"""Word -> module of this package and what it names there: a command, or a group of them."""

GROUPS = {
    "agreement": "Agreements with providers.",
    "staff": "Accounts of the city's staff.",
    "keys": "Signing keys.",
    "log": "The log of what staff did.",
    "drill": "Rehearsals of what must hold on a bad day.",
}
"""Help of the words that are groups."""

PASSING_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


def app_of(words: list[str]) -> typer.Typer:
    """The command line with these words only: a word need not wait for what others import."""
    app = typer.Typer(
        name="cardservice",
        help="QR city cards for everyone who lives here. "
        "The card is the record: the city keeps nothing about its holder.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(lambda: None)
    for word in words:
        module, _, name = WORDS[word].partition(":")
        named = getattr(import_module(f"cardservice.cli.{module}"), name)
        if word in GROUPS:
            app.add_typer(named, name=word, help=GROUPS[word])
        else:
            app.command(name=word, context_settings=PASSING_ON if word == "manage" else None)(named)
    return app


def main() -> None:
    """Entry point of the console script."""
    sys.exit(_run())


def _run() -> int:
    try:
        asked = [word for word in sys.argv[1:2] if word in WORDS]
        result = app_of(asked or list(WORDS))(standalone_mode=False, prog_name="cardservice")
    except typer.Exit as end:
        return end.exit_code
    except typer.Abort:
        return _say("Stopped.", 130)
    except typer.TyperException as error:
        # Without a message the help has been shown already.
        return _say(f"{error.format_message()} See `cardservice --help`.", BAD) if error.format_message() else BAD
    except Failed as error:
        return _say(str(error), error.exit_code)
    except (StartRefused, HomeRefused) as error:
        return _say(str(error), BAD)
    except BrokenPipeError:
        return BAD
    return result if isinstance(result, int) else 0


def _say(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code
