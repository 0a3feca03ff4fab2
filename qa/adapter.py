"""The packaged model, taught to judge: a low-rank adapter on its linear layers, and one layer on its first token.

Low-rank adapters: Hu et al., "LoRA", 2021. Two texts at once make it a cross-encoder: Nogueira and Cho, "Passage
Re-ranking with BERT", 2019. `tests/training.py` trains the adapters; docs/quality.md says on what, and how they hold.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import repeat
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils import parametrize
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging

from corpus.errors import ModelError
from index.encoder import MINILM_SHA256, model_folder

RANK = 16
BATCH = 32
REMEMBERED = 20_000
"""Judgements that are kept."""
_Asked = tuple[str, str | None]


class LowRank(nn.Module):
    """Adds a matrix of low rank to a weight of shape (rows, columns); it begins as nothing."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(RANK, columns) / columns**0.5)
        self.up = nn.Parameter(torch.zeros(rows, RANK))

    def forward(self, weight: Tensor) -> Tensor:
        return weight + self.up @ self.down


class Judge(nn.Module):
    """Texts, or pairs of texts, to logits.

    Args:
        outputs: how many things are decided at once.
        most_tokens: what is beyond is not read; of a pair, the longer text is cut.
    """

    def __init__(self, outputs: int, most_tokens: int) -> None:
        super().__init__()
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        folder = model_folder()
        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._base = AutoModel.from_pretrained(folder, local_files_only=True)
        self._base.requires_grad_(requires_grad=False)
        self._adapted = [part for part in self._base.encoder.modules() if isinstance(part, nn.Linear)]
        for part in self._adapted:
            parametrize.register_parametrization(part, "weight", LowRank(*part.weight.shape))
        self._head = nn.Linear(self._base.config.hidden_size, outputs)
        self._most_tokens = most_tokens

    def forward(self, texts: Sequence[str], others: Sequence[str] | None = None) -> Tensor:
        """Logits, shape (len(texts), outputs), of each text, or of each with the other one beside it."""
        pairs = None if others is None else list(others)
        read = self._tokenizer(
            list(texts), pairs, truncation=True, max_length=self._most_tokens, padding=True, return_tensors="pt"
        )
        first_tokens = self._base(**read).last_hidden_state[:, 0]
        logits: Tensor = self._head(first_tokens)
        return logits.float()

    def trained(self) -> Iterator[tuple[str, nn.Parameter]]:
        """The names and values of what training changes: the adapter and the last layer."""
        return ((name, value) for name, value in self.named_parameters() if value.requires_grad)

    def melt(self) -> None:
        """Put the adapter into the weights for good: it is then no slower than without."""
        for part in self._adapted:
            parametrize.remove_parametrizations(part, "weight")

    def save(self, file: Path) -> None:
        """Write what was trained, with half the precision, and the settings it needs."""
        values = {name: value.detach().half().contiguous() for name, value in self.trained()}
        shape = {"outputs": self._head.out_features, "most_tokens": self._most_tokens}
        save_file(values, file, metadata={"base": MINILM_SHA256, "judge": json.dumps(shape)})


class Trained:
    """A judge as it was saved, for asking. Safe to share between threads.

    Raises:
        ModelError: it was trained on another model.
    """

    def __init__(self, file: Path) -> None:
        with safe_open(file, "pt") as stored:
            about = stored.metadata()
            if about["base"] != MINILM_SHA256:
                raise ModelError(f"{file.name} was trained on another model", "Run: python -m tests.training")
            judge = Judge(**json.loads(about["judge"]))
            for name, value in judge.trained():
                value.data.copy_(stored.get_tensor(name))
        judge.melt()
        self._known: dict[_Asked, NDArray[np.float32]] = {}
        self._judge = judge.eval().requires_grad_(requires_grad=False)

    def logits(self, texts: Sequence[str], others: Sequence[str] | None = None) -> NDArray[np.float32]:
        """Shape (len(texts), outputs); see `Judge.forward`. The latest are remembered: a dry run asks twice."""
        asked: list[_Asked] = list(zip(texts, others or repeat(None), strict=False))
        found = {each: self._known[each] for each in asked if each in self._known}
        missing = [each for each in dict.fromkeys(asked) if each not in found]
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            found.update(zip(batch, self._judged(batch), strict=True))
        self._known.update(found)
        for oldest in list(self._known)[: max(0, len(self._known) - REMEMBERED)]:
            self._known.pop(oldest, None)
        return np.stack([found[each] for each in asked])

    @torch.inference_mode()
    def _judged(self, batch: Sequence[_Asked]) -> NDArray[np.float32]:
        others = [other for _, other in batch if other is not None]
        logits: NDArray[np.float32] = self._judge([text for text, _ in batch], others or None).numpy()
        return logits
