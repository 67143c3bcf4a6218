"""`python -m cardservice.command NAME ...`: a management command, on databases that this process was found to fit."""

import sys

import django
from django.core.management import execute_from_command_line

from cardservice import checks


def main() -> None:
    """Runs the command, or ends with one sentence."""
    django.setup()
    checks.refuse_unfit()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
