"""The vocabulary of a loaded model."""

from __future__ import annotations

import ctypes
from typing import Any

import llama_cpp as llama


class LlamaVocabulary:
    """The vocabulary of a loaded model, which has to outlive it."""

    def __init__(self, model: Any) -> None:
        self.pointer = llama.llama_model_get_vocab(model)
        self.size: int = llama.llama_vocab_n_tokens(self.pointer)
        self._pieces: dict[int, bytes] = {}
        bos = llama.llama_vocab_bos(self.pointer)
        adds_bos = bos >= 0 and llama.llama_vocab_get_add_bos(self.pointer)
        self.opening: list[int] = [bos] if adds_bos else []
        self.bos_text = "" if adds_bos else self._text(bos)
        self.eos_text = self._text(llama.llama_vocab_eos(self.pointer))

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        while True:
            buffer = (llama.llama_token * room)()
            count = llama.llama_tokenize(
                self.pointer, data, len(data), buffer, room, False, special
            )
            if count >= 0:
                return list(buffer[:count])
            room = -count

    def piece(self, token: int) -> bytes:
        piece = self._pieces.get(token)
        if piece is None:
            piece = self._pieces[token] = self._piece(token)
        return piece

    def name(self, token: int) -> bytes:
        text: bytes = llama.llama_vocab_get_text(self.pointer, token)
        return text

    def ends(self, token: int) -> bool:
        return bool(llama.llama_vocab_is_eog(self.pointer, token))

    def _piece(self, token: int) -> bytes:
        room = 64
        while True:
            buffer = ctypes.create_string_buffer(room)
            size = llama.llama_token_to_piece(self.pointer, token, buffer, room, 0, False)
            if size >= 0:
                return buffer.raw[:size]
            room = -size

    def _text(self, token: int) -> str:
        if token < 0:
            return ""
        return self.name(token).decode("utf-8", "replace")
