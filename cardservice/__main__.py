"""`python -m cardservice`: the same as the console script."""

from cardservice.cli.app import main

main()
