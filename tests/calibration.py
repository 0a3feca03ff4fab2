"""Fit `qa/calibration.json` on labelled questions and see how it holds on others: `python -m tests.calibration`.

Fitted on two corpora that weigh the same: the tuning half of the shipped questions, asked of the shipped articles, and
one half of the MedlinePlus questions of `tests.questionsets`. The operating point is the probability below which at
most `DECLINED` of the answerable questions of either corpus fall. Before that, each corpus alone is fitted, and
reported on the other: a calibration must hold where it was not made. `--report` asks the drug questions that no
MedlinePlus article covers too; they are for reporting, so once per claim.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from corpus.library import Library
from index.snapshot import Snapshot
from qa import confidence
from qa.answering import rank
from qa.confidence import Calibration, features, views
from qa.evaluation.datasets import load_questions
from qa.evidence import ask
from qa.settings import SHIPPED_ARTICLES
from qa.understanding import Understanding
from tests.questionsets import indexed, medlineplus, medquad, meqsum, rare_diseases, uncovered_drugs

SHIPPED = Path("qa/evaluation/questions/shipped.jsonl")
DECLINED = 0.05
FOUND = ("similarity", "best_sentence", "coverage")
"""The features that look at what was found; the others are of `qa.gaps`."""
LEFT_OUT = {"emergency", "crisis"}
"""Kinds that are answered by a notice first."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The features of one question's search, and whether the articles answer it."""

    kind: str
    answerable: bool
    features: dict[str, float]


def main() -> None:
    shipped, (sets, drugs) = _shipped(), _medlineplus()
    halves = [labelled for each in sets for labelled in each[1::2]]
    others = [labelled for each in sets for labelled in each[::2]] + drugs
    print("| fitted on | reported on | AUROC | answerable declined | kept out, by kind |\n|---|---|---|---|---|")
    _report("shipped, tuning half", fit([shipped]), "MedlinePlus, other half", others)
    _report("MedlinePlus", fit([halves]), "shipped, tuning half", shipped)
    fitted = fit([shipped, halves])
    _report("both", fitted, "MedlinePlus, other half", others)
    plain = [[_without_gaps(each) for each in found] for found in (shipped, halves, others)]
    _report("both, without what is missing", fit(plain[:2]), "MedlinePlus, other half", plain[2])
    confidence.FILE.write_text(json.dumps(asdict(fitted), indent=1) + "\n", "utf-8")
    print(f"\nwritten to {confidence.FILE.name}: {fitted}")


def fit(corpora: Sequence[Sequence[Labelled]]) -> Calibration:
    """A logistic model of `answerable`, rounded to what a reader can check by hand."""
    found = [labelled for corpus in corpora for labelled in corpus]
    names = list(found[0].features)
    table = np.array([[labelled.features[name] for name in names] for labelled in found])
    fair = np.concatenate([np.full(len(corpus), len(found) / len(corpora) / len(corpus)) for corpus in corpora])
    model = LogisticRegression(C=10.0, max_iter=1000).fit(table, [each.answerable for each in found], fair)
    weights = {name: round(float(weight), 2) for name, weight in zip(names, model.coef_[0], strict=True)}
    draft = Calibration(round(float(model.intercept_[0]), 2), weights, 0.0, 0.0, 0.0)
    least = min(np.quantile(_probabilities(draft, corpus, answerable=True), DECLINED) for corpus in corpora)
    operating_point = round(float(least), 3)
    medium, high = (round(operating_point + share * (1 - operating_point), 3) for share in (1 / 3, 2 / 3))
    return Calibration(draft.bias, weights, operating_point, medium, high)


def _probabilities(fitted: Calibration, found: Iterable[Labelled], *, answerable: bool) -> list[float]:
    return [fitted.probability(each.features) for each in found if each.answerable == answerable]


def _without_gaps(labelled: Labelled) -> Labelled:
    return replace(labelled, features={name: labelled.features[name] for name in FOUND})


def _report(name: str, fitted: Calibration, other: str, found: Sequence[Labelled]) -> None:
    probabilities = [fitted.probability(each.features) for each in found]
    auroc = roc_auc_score([each.answerable for each in found], probabilities)
    declined = np.mean(np.array(_probabilities(fitted, found, answerable=True)) < fitted.answer_from)
    kinds = dict.fromkeys(each.kind for each in found if not each.answerable)
    kept_out = ", ".join(f"{kind} {_kept_out(fitted, found, kind)}" for kind in kinds)
    print(f"| {name} | {other} | {auroc:.3f} | {declined:.3f} | {kept_out} |")


def _kept_out(fitted: Calibration, found: Sequence[Labelled], kind: str) -> str:
    of_kind = [each for each in found if each.kind == kind]
    return f"{sum(fitted.probability(each.features) < fitted.answer_from for each in of_kind)}/{len(of_kind)}"


def _shipped() -> list[Labelled]:
    snapshot = indexed("shipped", Library(SHIPPED_ARTICLES).articles().articles)
    asked = [question for question in load_questions(SHIPPED, "tune") if question.kind not in LEFT_OUT]
    return _labelled(snapshot, ((one.kind, bool(one.answerable), one.text, one.history) for one in asked))


def _medlineplus() -> tuple[list[list[Labelled]], list[Labelled]]:
    """Sets to be halved, and the drug questions when they are wanted."""
    articles = medlineplus()
    snapshot = indexed("medlineplus", articles)
    sets = {
        "plain": (True, [one.text for one in medquad(articles)][::2]),
        "clean": (True, [one.text for one in meqsum(articles, "summary")]),
        "long": (True, [one.text for one in meqsum(articles, "chq")]),
        "rare diseases": (False, rare_diseases(articles)),
        "drugs": (False, uncovered_drugs() if "--report" in sys.argv else []),
    }
    *halved, drugs = (
        _labelled(snapshot, ((name, answerable, text, ()) for text in texts))
        for name, (answerable, texts) in sets.items()
    )
    return halved, drugs


def _labelled(snapshot: Snapshot, asked: Iterable[tuple[str, bool, str, Sequence[str]]]) -> list[Labelled]:
    """Without the questions that are declined before any search."""
    understanding = Understanding(snapshot)
    found: list[Labelled] = []
    for kind, answerable, text, history in asked:
        understood = understanding.understand(text, history, exact=False)
        if not understood.reason:
            ready = ask(snapshot, views(understood.searched))
            found.append(Labelled(kind, answerable, features(snapshot, ready, rank(snapshot, ready[0]))))
    return found


if __name__ == "__main__":
    main()
