"""The model in PyTorch, weights read from the GGUF file itself, with a LoRA adapter on it that can be trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor
from transformers import AutoModelForCausalLM

from models.grading.tuning.trees import Pack

LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class Judge:
    """`yes`, `no`: the tokens whose logits are compared. Float32: bfloat16 is slow on most CPUs."""

    def __init__(
        self, gguf: Path, *, yes: int, no: int, rank: int, device: str, lowest_layer: int = 0
    ) -> None:
        model = AutoModelForCausalLM.from_pretrained(
            str(gguf.parent), gguf_file=gguf.name, dtype=torch.float32, attn_implementation="sdpa"
        )
        model.config.use_cache = False
        self.device = device
        self.heads = model.config.num_attention_heads, model.config.num_key_value_heads
        self.architecture = model.config.model_type
        self.parameters = sum(p.numel() for p in model.parameters())
        head = model.get_output_embeddings().weight.detach()
        self.direction = (head[yes] - head[no]).to(device)
        layers = "|".join(map(str, range(lowest_layer, model.config.num_hidden_layers)))
        config = LoraConfig(
            r=rank,
            lora_alpha=2 * rank,
            target_modules=rf"layers\.({layers})\..*\.({'|'.join(LINEAR)})",
        )
        self.body = get_peft_model(model.model, config).to(device)

    def margins(self, pack: Pack) -> Tensor:
        """log P(Yes) - log P(No) at the end of each prompt of the pack."""
        sees = torch.from_numpy(pack.sees).to(self.device)
        mask = torch.zeros(sees.shape, device=self.device).masked_fill(
            ~sees, torch.finfo(torch.float32).min
        )
        hidden = self.body(
            input_ids=torch.from_numpy(pack.tokens)[None].to(self.device),
            position_ids=torch.from_numpy(pack.positions)[None].to(self.device),
            attention_mask=mask[None, None],
        ).last_hidden_state[0]
        return hidden[torch.from_numpy(pack.leaves).to(self.device)] @ self.direction

    def trained(self) -> list[torch.nn.Parameter]:
        return [p for p in self.body.parameters() if p.requires_grad]

    def adapter(self) -> dict[str, Tensor]:
        """`layers.3.self_attn.q_proj.lora_A` and `.lora_B` to their weights."""
        found = {}
        for name, value in self.body.state_dict().items():
            if ".lora_" in name:
                _, _, path = name.partition("layers.")
                path = path.replace(".default.weight", "")
                found[f"layers.{path}"] = value.detach().cpu()
        return found

    def restore(self, adapter: dict[str, Tensor]) -> None:
        own = {n: p for n, p in self.body.named_parameters() if p.requires_grad}
        for name, value in own.items():
            _, _, path = name.partition("layers.")
            with torch.no_grad():
                value.copy_(adapter[f"layers.{path.replace('.default.weight', '')}"])

    def describe(self) -> dict[str, Any]:
        own = sum(p.numel() for p in self.trained())
        return {"parameters": self.parameters, "trained": own, "share": own / self.parameters}
