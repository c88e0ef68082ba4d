"""The one kind of error that a user is meant to read."""

from __future__ import annotations


class FyrbakError(Exception):
    """Something the user can mend. The message is one line: what is wrong, where, how to mend it.

    The command line prints it without a traceback and exits with 2; pages show it as it is.
    It never holds a personal identity number or any other personal data.
    """


class BadInputError(FyrbakError):
    """A file, folder or document that was given cannot be used as it is."""


class BadDefinitionError(FyrbakError):
    """A definition (pathway, measure, goal, target, mapping) has a fault at a known file and line."""


class UnknownNameError(FyrbakError):
    """A name that was asked for (region, measure, pathway, plan) does not exist."""
