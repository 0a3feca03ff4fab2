import pytest
from sklearn.metrics import roc_auc_score

from index.snapshot import Snapshot
from qa.answering import rank
from qa.evidence import ask
from qa.reading import answers
from tests import written


def test_reading_tells_what_is_answered_from_what_is_only_spoken_of(snapshot: Snapshot) -> None:
    """On questions it has not learnt from; by the best sentence alone, the two sorts are hardly told apart."""
    asked = [one for one in written.questions("shipped", "fit") if not one.history][::2]
    first = [rank(snapshot, question)[0] for question in ask(snapshot, [one.text for one in asked])]
    read = [answers(snapshot, one.text, [found.passage])[0] for one, found in zip(asked, first, strict=True)]
    answered = [one.answer is not None for one in asked]
    by_sentence = roc_auc_score(answered, [found.best_sentence for found in first])
    assert roc_auc_score(answered, read) > max(0.7, by_sentence + 0.05)


def test_passages_are_read_each_for_itself(snapshot: Snapshot) -> None:
    passages = [row.passage for row in rank(snapshot, ask(snapshot, ["Does caffeine cause twitching?"])[0])[:4]]
    together = answers(snapshot, "Does caffeine cause twitching?", passages)
    alone = [answers(snapshot, "Does caffeine cause twitching?", [passage])[0] for passage in passages]
    assert together == pytest.approx(alone, abs=1e-4)
    assert all(0 <= each <= 1 for each in together)
