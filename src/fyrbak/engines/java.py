"""Java for Spark, started beside this process.

pyspark would fork this process as it stands, with its threads and all that is loaded, and run Python in the
copy before Java takes its place. In a process that has done much else the copy may crash, so here Java is
started without one, and pyspark is told where it listens, as it is when ``spark-submit`` starts both.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from fyrbak.errors import BadInputError

_ANNOUNCED = ("PYSPARK_GATEWAY_PORT", "PYSPARK_GATEWAY_SECRET")


def start_java(
    *, home: Path, options: Mapping[str, object], properties: str, log: Path
) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    """Start Spark's Java, and return the process and what pyspark is to be told of it.

    ``home`` is Spark's folder, ``options`` are settings, ``properties`` a file of more of them or empty, and
    ``log`` the file that Java writes to from then on. Java ends when the process's standard input is closed.
    Raises BadInputError with Java's own last words if it ends before it listens.
    """
    command = [str(home / "bin" / "spark-submit")]
    command += ["--properties-file", properties] if properties else []
    command += [part for name, value in options.items() for part in ("--conf", f"{name}={value}")]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as written, TemporaryDirectory(prefix="fyrbak-java-") as folder:
        begin, listens = written.tell(), Path(folder) / "listens"
        environment = {"SPARK_CONNECT_MODE": "0", "_PYSPARK_DRIVER_CONN_INFO_PATH": str(listens)}
        java = subprocess.Popen(
            [*command, "pyspark-shell"], stdin=subprocess.PIPE, stdout=written, stderr=written,
            env=os.environ | environment, start_new_session=True,  # an interrupt is for us to pass on
        )  # fmt: skip
        while java.poll() is None and not listens.is_file():
            time.sleep(0.05)
        if not listens.is_file():
            said = _last_words(log.read_bytes()[begin:].decode(errors="replace"))
            raise BadInputError(f"Java did not start: {said}. See {log}, or count with --engine duckdb.")
        told = listens.read_bytes()
    # A port of four bytes, the length of a secret in four, and the secret.
    return java, dict(zip(_ANNOUNCED, (str(int.from_bytes(told[:4])), told[8:].decode()), strict=True))


@contextmanager
def announced(told: Mapping[str, str]) -> Iterator[None]:
    """Let pyspark find the Java that was started. Processes begun later are not to find it."""
    os.environ.update(told)
    try:
        yield
    finally:
        for name in told:
            del os.environ[name]


def _last_words(text: str) -> str:
    """The last line that Java wrote: what Spark's own script stumbles over after it says nothing."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and "/spark-class: line" not in line]
    return lines[-1] if lines else "it said nothing"
