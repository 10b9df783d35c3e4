"""A model in PyTorch, weights read from the GGUF file itself, with a LoRA adapter on it that can be trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor
from transformers import AutoModelForCausalLM

from models.grading.tuning.trees import Shape, filled_up

LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def fastest(device: str) -> torch.dtype:
    """bfloat16 where the processor multiplies it in hardware (five times as fast on a CPU with AMX), else float32."""
    amx = device == "cpu" and torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if device == "cuda" or amx else torch.float32


class Wearer:
    """`room`: tokens that every tree is filled up to; `head`: vocabulary x width, what turns a state into logits."""

    def __init__(
        self, gguf: Path, *, rank: int, device: str, room: int, lowest_layer: int = 0
    ) -> None:
        self.dtype, self.room = fastest(device), room
        model = AutoModelForCausalLM.from_pretrained(
            str(gguf.parent), gguf_file=gguf.name, dtype=self.dtype, attn_implementation="sdpa"
        )
        model.config.use_cache = False
        self.device = device
        self.heads = model.config.num_attention_heads, model.config.num_key_value_heads
        self.architecture = model.config.model_type
        self.parameters = sum(p.numel() for p in model.parameters())
        self.head: Tensor = model.get_output_embeddings().weight.detach().to(device)
        layers = "|".join(map(str, range(model.config.num_hidden_layers)[lowest_layer:]))
        config = LoraConfig(
            r=rank,
            lora_alpha=2 * rank,
            target_modules=rf"layers\.({layers})\..*\.({'|'.join(LINEAR)})",
        )
        self.body = get_peft_model(model.model, config, autocast_adapter_dtype=False).to(device)
        # What stands between the multiplications takes as long as they do where those are in bfloat16.
        compiled = self.dtype is torch.bfloat16
        self._run = torch.compile(self.body, dynamic=False) if compiled else self.body

    def states(self, shape: Shape) -> Tensor:
        """The last hidden state of every token of the tree, and of those it is filled up with: room x width."""
        full = filled_up(shape, self.room)
        sees = torch.from_numpy(full.sees).to(self.device)
        mask = torch.zeros(sees.shape, device=self.device, dtype=self.dtype).masked_fill(
            ~sees, torch.finfo(self.dtype).min
        )
        states: Tensor = self._run(
            input_ids=torch.from_numpy(full.tokens)[None].to(self.device),
            position_ids=torch.from_numpy(full.positions)[None].to(self.device),
            attention_mask=mask[None, None],
        ).last_hidden_state[0]
        return states

    def trained(self) -> list[torch.nn.Parameter]:
        return [p for p in self.body.parameters() if p.requires_grad]

    def adapter(self) -> dict[str, Tensor]:
        """`layers.3.self_attn.q_proj.lora_A` and `.lora_B` to their weights."""
        found = {}
        for name, value in self.body.state_dict().items():
            if ".lora_" in name:
                _, _, path = name.partition("layers.")
                path = path.replace(".default.weight", "")
                found[f"layers.{path}"] = value.detach().cpu().float()
        return found

    @torch.no_grad()
    def put_on(self, adapter: dict[str, Tensor]) -> None:
        """Start from these weights. Raises ValueError where they are of another shape or for other layers."""
        own = {
            "layers." + name.partition("layers.")[2].replace(".default.weight", ""): value
            for name, value in self.body.named_parameters()
            if value.requires_grad
        }
        if {n: v.shape for n, v in own.items()} != {n: v.shape for n, v in adapter.items()}:
            raise ValueError("the adapter has another rank or is for other layers")
        for name, value in own.items():
            value.copy_(adapter[name])

    def describe(self) -> dict[str, Any]:
        own = sum(p.numel() for p in self.trained())
        return {"parameters": self.parameters, "trained": own, "share": own / self.parameters}
