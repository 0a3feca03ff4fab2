from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from corpus.errors import ModelError
from qa.adapter import Judge, Trained

TEXTS = ["My eyelid twitches.", "Why", "It began after a long night without sleep, and it has not stopped since. " * 4]
OTHERS = ["Too little sleep can do it.", "Because.", "Nobody knows."]


@pytest.fixture(scope="module")
def judge() -> Judge:
    """One whose adapter is not the nothing that training begins with."""
    torch.manual_seed(1)
    made = Judge(outputs=2, most_tokens=64).eval()
    for _, value in made.trained():
        value.data.normal_(std=0.02)
    return made


@pytest.fixture(scope="module")
def file(judge: Judge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("judge") / "mine.safetensors"
    judge.save(written)
    return written


@pytest.mark.parametrize("others", [None, OTHERS])
def test_what_was_saved_judges_as_what_was_trained(judge: Judge, file: Path, others: list[str] | None) -> None:
    with torch.inference_mode():
        wanted = judge(TEXTS, others).numpy()
    assert Trained(file).logits(TEXTS, others) == pytest.approx(wanted, abs=0.02)


def test_a_text_is_judged_the_same_alone_and_among_others(file: Path) -> None:
    trained = Trained(file)
    alone = np.concatenate([trained.logits([text], [other]) for text, other in zip(TEXTS, OTHERS, strict=True)])
    assert trained.logits(TEXTS * 20, OTHERS * 20) == pytest.approx(np.tile(alone, (20, 1)), abs=1e-4)


def test_only_the_adapter_and_the_last_layer_are_stored(judge: Judge, file: Path) -> None:
    with safe_open(file, "pt") as stored:
        assert set(stored.keys()) == {name for name, _ in judge.trained()}
    assert file.stat().st_size < 2_000_000


def test_what_was_trained_on_another_model_is_refused(file: Path, tmp_path: Path) -> None:
    with safe_open(file, "pt") as stored:
        values, about = {name: stored.get_tensor(name) for name in stored.keys()}, stored.metadata()  # noqa: SIM118
    save_file(values, tmp_path / "other.safetensors", metadata={**about, "base": "0" * 64})
    with pytest.raises(ModelError, match=r"other\.safetensors was trained on another model"):
        Trained(tmp_path / "other.safetensors")
