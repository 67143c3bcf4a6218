"""The command line `cardservice`: one module a family of words."""
