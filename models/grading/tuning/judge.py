"""The model as a judge: the difference of the logits of Yes and No at the end of each prompt."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from models.grading.tuning.trees import Pack
from models.grading.tuning.wearer import Wearer


class Judge(Wearer):
    """`yes`, `no`: the tokens whose logits are compared."""

    def __init__(
        self,
        gguf: Path,
        *,
        yes: int,
        no: int,
        rank: int,
        device: str,
        room: int,
        lowest_layer: int = 0,
    ) -> None:
        super().__init__(gguf, rank=rank, device=device, room=room, lowest_layer=lowest_layer)
        self.direction = self.head[yes].float() - self.head[no].float()

    def margins(self, pack: Pack) -> Tensor:
        """log P(Yes) - log P(No) at the end of each prompt of the pack."""
        return self.hidden(pack) @ self.direction

    def hidden(self, pack: Pack) -> Tensor:
        """The last hidden state at the end of each prompt: prompts x width, float32."""
        leaves = torch.from_numpy(pack.leaves).to(self.device)
        return self.states(pack.shape)[leaves].float()
