import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from scipy.special import expit

from corpus.errors import ModelError
from index.encoder import model_folder
from qa.adapter import Judge, Trained

OUTPUTS = ("worried", "asking")
TEXTS = ["My eyelid twitches.", "Why", "It began after a long night without sleep, and it has not stopped since. " * 4]
OTHERS = ["Too little sleep can do it.", "Because.", "Nobody knows."]


@pytest.fixture(scope="module")
def judge() -> Judge:
    """One whose adapter is not the nothing that training begins with."""
    torch.manual_seed(1)
    made = Judge(OUTPUTS, most_tokens=64).eval()
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
    assert Trained(file, OUTPUTS).probabilities(TEXTS, others) == pytest.approx(expit(wanted), abs=0.005)


def test_a_text_is_judged_the_same_alone_and_among_others(file: Path) -> None:
    trained = Trained(file, OUTPUTS)
    alone = np.concatenate([trained.probabilities([text], [other]) for text, other in zip(TEXTS, OTHERS, strict=True)])
    assert trained.probabilities(TEXTS * 20, OTHERS * 20) == pytest.approx(np.tile(alone, (20, 1)), abs=1e-4)


def test_only_the_adapter_and_the_last_layer_are_stored(judge: Judge, file: Path) -> None:
    with safe_open(file, "pt") as stored:
        assert set(stored.keys()) == {name for name, _ in judge.trained()}
    assert file.stat().st_size < 2_000_000


def test_nothing_is_judged_as_nothing(file: Path) -> None:
    trained = Trained(file, OUTPUTS)
    assert trained.probabilities([]).shape == trained.probabilities([], []).shape == (0, len(OUTPUTS))
    with pytest.raises(ValueError, match="zip"):
        trained.probabilities(TEXTS, OTHERS[:1])


def test_many_threads_get_what_one_gets(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Far more texts than are remembered, asked at once."""
    monkeypatch.setattr("qa.adapter.REMEMBERED", 20)
    trained = Trained(file, OUTPUTS)
    texts = [f"{text} {n}" for n in range(50) for text in TEXTS[:2]]
    wanted = trained.probabilities(texts)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: trained.probabilities(texts[n : n + 5]), range(0, len(texts), 3)))
    for n, each in zip(range(0, len(texts), 3), found, strict=True):
        assert each == pytest.approx(wanted[n : n + 5], abs=1e-4)


def test_no_words_are_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.adapter.REMEMBERED", 20)
    trained = Trained(file, OUTPUTS)
    trained.probabilities([f"question {n}" for n in range(60)])
    assert len(trained._known) == 20
    assert all(isinstance(key, int) for key in trained._known)


def test_a_judge_of_something_else_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"decides .*worried"):
        Trained(file, OUTPUTS[::-1])
    with pytest.raises(ModelError, match="cannot be read"):
        Trained(tmp_path / "none.safetensors", OUTPUTS)
    (tmp_path / "broken.safetensors").write_bytes(file.read_bytes()[:1000])
    with pytest.raises(ModelError, match="cannot be read"):
        Trained(tmp_path / "broken.safetensors", OUTPUTS)
    save_file(load_file(file), tmp_path / "bare.safetensors")
    with pytest.raises(ModelError, match="cannot be read"):
        Trained(tmp_path / "bare.safetensors", OUTPUTS)


def test_a_judge_is_refused_beside_other_weights(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The weights are what is looked at, not what the file says of them."""
    changed = tmp_path / "model"
    shutil.copytree(model_folder(), changed)
    values = load_file(changed / "model.safetensors")
    values["embeddings.word_embeddings.weight"][1000] += 0.01
    save_file(values, changed / "model.safetensors", metadata={"format": "pt"})
    monkeypatch.setattr("qa.adapter.model_folder", lambda: changed)
    with pytest.raises(ModelError, match=r"mine\.safetensors was trained on another model"):
        Trained(file, OUTPUTS)
