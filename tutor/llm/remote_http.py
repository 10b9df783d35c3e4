"""Requests to an OpenAI-compatible server: one connection pool, errors in one line, tried again where that helps."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from tutor import __version__
from tutor.llm.address import RemoteAddress
from tutor.llm.protocol import ModelError, NoModel, Unreachable
from tutor.llm.remote_backoff import BackOff, Temporary
from tutor.llm.remote_events import EventStream, EventTooLong
from tutor.llm.remote_refusal import Server, refusal, usable_key

if TYPE_CHECKING:
    import httpx2

LARGEST_REPLY = 16 * 1024 * 1024
LARGEST_REFUSAL = 64 * 1024
DONE = "[DONE]"


@dataclass(frozen=True)
class Patience:
    """Seconds: to connect, and for the next byte. The first may take long: a server may have to load the model."""

    connect: float = 5.0
    byte: float = 120.0


class Events:
    """The payloads of one streamed answer, until the server says it is done. Close it: that ends the request."""

    def __init__(self, link: Link, response: httpx2.Response) -> None:
        self._link, self._response = link, response
        self._pieces = response.aiter_bytes()
        self._stream = EventStream()
        self._waiting: deque[str] = deque()
        self._ended = False

    @property
    def empty(self) -> bool:
        """Whether the server ended it without a word."""
        return self._ended and not self._waiting

    async def look(self) -> None:
        """Wait for the first payload, and keep it."""
        payload = await self.next()
        if payload is not None:
            self._waiting.appendleft(payload)

    async def next(self) -> str | None:
        """The next payload; None at the end. Raises Unreachable."""
        with self._link.telling():
            while not self._waiting and not self._ended:
                piece = await anext(self._pieces, None)
                if piece is None:
                    self._ended = True
                self._waiting += self._stream.end() if piece is None else self._stream.feed(piece)
        payload = self._waiting.popleft() if self._waiting else None
        if payload == DONE:
            self._ended, payload = True, None
            self._waiting.clear()
        return payload

    async def close(self) -> None:
        await self._pieces.aclose()
        await self._response.aclose()


class Link:
    """Knows the address and the key; the key goes nowhere else and into no message."""

    def __init__(
        self, address: RemoteAddress, key: str | None, back_off: BackOff, patience: Patience
    ) -> None:
        """Raises Unreachable for a key that can't be one."""
        self.server = Server(address.server, usable_key(key))
        self._address, self._back_off, self._patience = address, back_off, patience
        self._client: httpx2.AsyncClient | None = None
        self._closed = False

    async def get(self, path: str) -> bytes:
        return await self._back_off.run(lambda: self._whole("GET", path, None))

    async def post(self, path: str, body: dict[str, Any]) -> bytes:
        """The body of the answer. Raises ModelError."""
        return await self._back_off.run(lambda: self._whole("POST", path, body))

    async def events(self, path: str, body: dict[str, Any]) -> Events:
        """An answer that has begun to arrive; from here on nothing is tried again. Raises ModelError."""
        return await self._back_off.run(lambda: self._begun(path, body))

    async def close(self) -> None:
        client, self._client = self._client, None
        self._closed = True
        if client is not None:
            await client.aclose()

    @contextlib.contextmanager
    def telling(self) -> Iterator[None]:
        """What goes wrong on the way becomes one line that says what to do."""
        import httpx2

        try:
            yield
        except EventTooLong:
            raise self._foreign() from None
        except httpx2.ReadTimeout:
            line = f"{self.server.name} said nothing for {self._patience.byte:g} seconds: try again later"
            raise Unreachable(line) from None
        except httpx2.UnsupportedProtocol as error:
            raise Unreachable(self._why(error, "check the address")) from None
        except (httpx2.DecodingError, httpx2.LocalProtocolError):
            raise self._foreign() from None
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
            raise self._broken(error) from None

    def _broken(self, error: Exception) -> ModelError:
        import httpx2

        if self._closed:
            return _closed()
        if "CERTIFICATE_VERIFY" in str(error):
            advice = "add its certificate to those that this machine trusts"
            return Unreachable(self._why(error, advice, "can't be trusted"))
        if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
            return Temporary(
                self._why(error, "check that the server runs, and its address", "can't be reached")
            )
        return Temporary(self._why(error, "ask again"))

    def _why(self, error: Exception, advice: str, what: str = "broke off") -> str:
        reason = self.server.says(str(error)) or type(error).__name__
        return f"{self.server.name} {what} ({reason}): {advice}"

    def _foreign(self) -> Unreachable:
        return Unreachable(
            f"{self.server.name} talks in another way than OpenAI-compatible servers do: check the address"
        )

    async def _whole(self, method: str, path: str, body: dict[str, Any] | None) -> bytes:
        with self.telling():
            async with contextlib.aclosing(await self._open(method, path, body)) as response:
                whole = await _read(response, LARGEST_REPLY)
        if len(whole) > LARGEST_REPLY:
            raise self._foreign()
        return whole

    async def _begun(self, path: str, body: dict[str, Any]) -> Events:
        with self.telling():
            events = Events(self, await self._open("POST", path, body))
        try:
            await events.look()
        except BaseException:
            await events.close()
            raise
        return events

    async def _open(self, method: str, path: str, body: dict[str, Any] | None) -> httpx2.Response:
        """An answer whose status is good and whose body is still to come."""
        client = self._opened()
        request = client.build_request(
            method,
            f"{self._address.base_url}/{path}",
            content=None if body is None else msgspec.json.encode(body),
            headers={} if body is None else {"Content-Type": "application/json"},
        )
        response = await client.send(request, stream=True)
        if response.status_code == 200:
            return response
        async with contextlib.aclosing(response):
            told = await _read(response, LARGEST_REFUSAL)
        raise refusal(
            response.status_code,
            told,
            self.server,
            location=response.headers.get("Location"),
            retry_after=self._back_off.seconds(response.headers.get("Retry-After")),
        )

    def _opened(self) -> httpx2.AsyncClient:
        import httpx2

        if self._closed:
            raise _closed()
        if self._client is None:
            key = self.server.key
            self._client = httpx2.AsyncClient(
                headers={"User-Agent": f"tutor/{__version__}"}
                | ({"Authorization": f"Bearer {key}"} if key else {}),
                timeout=httpx2.Timeout(self._patience.byte, connect=self._patience.connect),
                follow_redirects=False,  # the key must not travel on to where a server points
                trust_env=self._address.leaves_this_machine,  # no proxy stands before this machine
            )
        return self._client


async def _read(response: httpx2.Response, limit: int) -> bytes:
    """The body, or its beginning, a little longer than `limit`, where it is longer."""
    whole = b""
    async with contextlib.aclosing(response.aiter_bytes()) as pieces:
        async for piece in pieces:
            whole += piece
            if len(whole) > limit:
                break
    return whole


def _closed() -> NoModel:
    return NoModel("the model was closed; load it again")
