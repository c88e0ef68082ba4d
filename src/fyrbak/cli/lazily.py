"""Commands that are read from their files when they are asked for.

Most rooms lean on libraries that take seconds to load, and a command needs its own room alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import typer
from typer.core import TyperCommand, TyperGroup

_FILES = "fyrbak.cli"


@dataclass(frozen=True)
class Command:
    """One command or group: what it is called, and where it lies, as ``file.function`` or ``file.app``.

    ``help`` is the name, in the same file, of a text that takes the place of the function's own. A command
    with ``files_alone`` reads files and rules, never the database, so Django is not set up for it, which
    takes half a second; a group sets up nothing by itself.
    """

    name: str
    where: str
    help: str = ""
    files_alone: bool = False

    def read(self) -> Any:
        """Import the file and make the command. Its type has no public name."""
        if not self.files_alone:
            django.setup()  # models can be imported from here on
        file, _, attribute = self.where.partition(".")
        module = import_module(f"{_FILES}.{file}")
        found = getattr(module, attribute)
        if isinstance(found, typer.Typer):
            command: Any = typer.main.get_group(found)
        else:
            alone = typer.Typer(add_completion=False)
            alone.command(help=getattr(module, self.help) if self.help else None)(found)
            command = typer.main.get_command(alone)
        command.name = self.name
        return command

    def mentioned(self) -> Any:
        """A command to list and not to run: its first words are read from its file without importing it."""
        file, _, attribute = self.where.partition(".")
        text = (Path(__file__).parent / f"{file}.py").read_text(encoding="utf-8")
        return TyperCommand(self.name, help=_said_of(self.help or attribute, ast.parse(text)))


def _said_of(name: str, file: ast.Module) -> str:
    """What a file says of a function, a group or a text, as far as nothing has to be worked out."""
    for statement in file.body:
        match statement:
            case ast.FunctionDef(name=found) if found == name:
                return ast.get_docstring(statement) or ""
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return _opening(value)
    raise LookupError(f"nothing is called {name}")


def _opening(value: ast.expr) -> str:
    """The plain text that an expression begins with; of a group, that of its ``help``."""
    match value:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=first) | ast.JoinedStr(values=[first, *_]):
            return _opening(first)
        case ast.Call(keywords=given):
            return next(_opening(one.value) for one in given if one.arg == "help")
    raise LookupError(f"line {value.lineno} begins with no text")


def group(commands: Iterable[Command]) -> type[TyperGroup]:
    """The class of a group that has these commands, after those that it was given otherwise."""
    by_name = {command.name: command for command in commands}

    class Lazily(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:
            return list(dict.fromkeys([*super().list_commands(ctx), *by_name]))

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            if cmd_name in by_name and cmd_name not in self.commands:
                self.add_command(by_name[cmd_name].read(), cmd_name)
            return super().get_command(ctx, cmd_name)

        def format_help(self, ctx: Any, formatter: Any) -> None:
            for name, command in by_name.items():
                self.commands.setdefault(name, command.mentioned())  # nothing is run once help is asked for
            super().format_help(ctx, formatter)

    return Lazily
