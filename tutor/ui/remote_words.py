"""What a learner is told of a model on a server. No Textual here."""

from __future__ import annotations

from tutor.llm.address import RemoteAddress
from tutor.ui.strings import Strings


def leaving_line(address: RemoteAddress, strings: Strings) -> str:
    """That what one writes goes over a network to this server, and how."""
    key = "models.leaves" if address.encrypted else "models.leaves_open"
    return strings(key, server=address.server)


def server_text(address: RemoteAddress, strings: Strings) -> str:
    """Where the model runs."""
    return strings("models.on_server", server=address.server)
