"""The one kind of error that a user is meant to read."""

from __future__ import annotations


class FyrbakError(Exception):
    """Something the user can mend. The message is one line: what is wrong, where, how to mend it.

    The command line prints it without a traceback and exits with 2. Pages say it in the reader's language
    where ``word`` is the key of the same line in ``reports/texts``, filled in with ``names``; else as it is.
    It never holds a personal identity number or any other personal data.
    """

    def __init__(self, line: str = "", /, *, word: str = "", **names: object) -> None:
        super().__init__(line)
        self.word, self.names = word, names


class BadInputError(FyrbakError):
    """A file, folder or document that was given cannot be used as it is."""


class BadDefinitionError(FyrbakError):
    """A definition (pathway, measure, goal, target, mapping) has a fault at a known file and line."""


class UnknownNameError(FyrbakError):
    """A name that was asked for (region, measure, pathway, plan) does not exist."""
