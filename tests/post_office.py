"""A small SMTP server for the tests of letters: it keeps what it is given, and can be made to refuse."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

USER, PASSWORD = "fyren", "helt @hemligt"


class PostOffice:
    """What came in, and what the server is to refuse."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refuses: Callable[[str], bool] = lambda _recipient: False
        self.hangs_up_after: int | None = None
        self.port = 0

    @property
    def address(self) -> str:
        return f"smtp://{USER}:helt%20%40hemligt@127.0.0.1:{self.port}"

    def to(self, recipient: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if letter["To"] == recipient]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, line by line."""

        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await say("220 postkontoret")
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            word = line.split(" ")[0].upper()
            if word == "EHLO":
                await say("250-postkontoret")
                await say("250 AUTH PLAIN")
            elif word == "AUTH":
                given = base64.b64decode(line.split(" ")[2]).decode().split("\0")
                await say("235 ok" if given[1:] == [USER, PASSWORD] else f"535 no entry for {given[1]}")
            elif word == "RCPT" and self.refuses(line.partition("<")[2].rstrip(">")):
                await say("550 nobody by that name")
            elif word == "DATA":
                if self.hangs_up_after is not None and len(self.letters) >= self.hangs_up_after:
                    break
                await say("354 go on")
                raw = await reader.readuntil(b"\r\n.\r\n")
                body = raw[:-5].replace(b"\r\n..", b"\r\n.")
                self.letters.append(message_from_bytes(body, policy=policy.default))
                await say("250 kept")
            elif word == "QUIT":
                await say("221 bye")
                break
            else:
                await say("250 ok")
        writer.close()


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """A server on this machine, in a thread of its own, while the context lasts."""
    office, loop, ready = PostOffice(), asyncio.new_event_loop(), threading.Event()

    async def run() -> None:
        server = await asyncio.start_server(office.serve, "127.0.0.1", 0)
        office.port = server.sockets[0].getsockname()[1]
        ready.set()

    def turn() -> None:
        loop.run_until_complete(run())
        loop.run_forever()

    thread = threading.Thread(target=turn, daemon=True)
    thread.start()
    ready.wait(10)
    yield office
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
