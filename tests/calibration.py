"""Fit `qa/calibration.json` on labelled questions and see how it holds on others: `python -m tests.calibration`.

Fitted on two corpora that weigh the same: the shipped articles (the tuning half of the shipped questions, those of
`tests.written` to fit on, and what belongs elsewhere), and MedlinePlus (one half of the questions of
`tests.questionsets`, and those written to fit on). The operating point is the probability below which at most
`DECLINED` of the questions of either corpus fall whose answer is marked. Each corpus alone is fitted too, and reported
on the other: a calibration must hold where it was not made. `--report` asks the drug questions that no MedlinePlus
article covers, and the questions written to report on; once per claim.
"""

import json
import sys
from collections.abc import Iterable, Sequence, Set
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from corpus.library import Library
from index.snapshot import Snapshot
from qa import confidence
from qa.answering import find
from qa.confidence import Calibration, features
from qa.evaluation.datasets import load_questions
from qa.settings import SHIPPED_ARTICLES
from qa.understanding import Understanding
from tests import written
from tests.questionsets import (
    indexed,
    medlineplus,
    medquad,
    meqsum,
    of_other_subjects,
    rare_diseases,
    uncovered_drugs,
)

SHIPPED = Path("qa/evaluation/questions/shipped.jsonl")
DECLINED = 0.03
"""Of the answered questions: notices, and questions harder than the written ones, take the rest of the 5%."""
SUPPOSED = {"MedQuAD", "MeQSum, clean", "MeQSum, long"}
"""Kinds of answerable questions whose subject has an article; nobody marked where it answers."""
ANSWERABLE = 0.65
"""Weight of the answerable questions of a corpus: most of what people ask is, however many near-misses were written."""
GAPS = {"rarest", "missing", "no_figure", "out_of_place"}
"""The features of `qa.gaps`."""
CORPUS = 500.0
"""What a corpus weighs against the regularisation: as much as so many questions."""
LEFT_OUT = {"emergency", "crisis"}
"""Kinds that are answered by a notice first."""


Asked = tuple[str, bool, str, Sequence[str]]
"""A question's kind, whether it is answered, its text, and the questions before it."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The features of one question's search, and whether the articles answer it."""

    kind: str
    answerable: bool
    features: dict[str, float]


def main() -> None:
    (shipped, strange, known), (halves, others, unseen) = _shipped(), _medlineplus()
    print("| fitted on | reported on | AUROC | answerable declined | kept out, by kind |\n|---|---|---|---|---|")
    _report("shipped", fit([shipped]), "MedlinePlus, other half", others)
    _report("MedlinePlus", fit([halves]), "shipped", shipped)
    fitted = fit([shipped, halves])
    _report("both", fitted, "MedlinePlus, other half", others)
    for without, dropped in (("what is missing", GAPS), ("reading", {"read"}), ("either", {*GAPS, "read"})):
        corpora = [[_without(each, dropped) for each in found] for found in (shipped, halves, others, unseen)]
        less = fit(corpora[:2])
        _report(f"both, without {without}", less, "MedlinePlus, other half", corpora[2])
        if unseen:
            _report(f"both, without {without}", less, "MedlinePlus, written to report on", corpora[3])
    if unseen:
        _report("both", fitted, "MedlinePlus, written to report on", unseen)
        _report("both", fitted, "shipped", [*shipped, *strange])
        _report("both", fitted, "shipped, written to report on", known)
    confidence.FILE.write_text(json.dumps(asdict(fitted), indent=1) + "\n", "utf-8")
    print(f"\nwritten to {confidence.FILE.name}: {fitted}")


def fit(corpora: Sequence[Sequence[Labelled]]) -> Calibration:
    """A logistic model of `answerable`, rounded to what a reader can check by hand."""
    found = [labelled for corpus in corpora for labelled in corpus]
    names = list(found[0].features)
    table = np.array([[labelled.features[name] for name in names] for labelled in found])
    fair = np.concatenate([_fair(corpus) for corpus in corpora])
    model = LogisticRegression(C=10.0, max_iter=1000).fit(table, [each.answerable for each in found], fair)
    weights = {name: round(float(weight), 2) for name, weight in zip(names, model.coef_[0], strict=True)}
    draft = Calibration(round(float(model.intercept_[0]), 2), weights, 0.0, 0.0, 0.0)
    answered = ([each for each in corpus if each.kind not in SUPPOSED] for corpus in corpora)
    least = min(np.quantile(_probabilities(draft, corpus, answerable=True), DECLINED) for corpus in answered)
    operating_point = round(float(least), 3)
    medium, high = (round(operating_point + share * (1 - operating_point), 3) for share in (1 / 3, 2 / 3))
    return Calibration(draft.bias, weights, operating_point, medium, high)


def _fair(corpus: Sequence[Labelled]) -> NDArray[np.float64]:
    """Weights of its questions, so that all corpora weigh the same, and in each the answerable ones `ANSWERABLE`."""
    answerable = np.array([labelled.answerable for labelled in corpus])
    shares: NDArray[np.float64] = np.where(
        answerable, ANSWERABLE / answerable.sum(), (1 - ANSWERABLE) / (~answerable).sum()
    )
    return CORPUS * shares


def _probabilities(fitted: Calibration, found: Iterable[Labelled], *, answerable: bool) -> list[float]:
    return [fitted.probability(each.features) for each in found if each.answerable == answerable]


def _without(labelled: Labelled, dropped: Set[str]) -> Labelled:
    kept = {name: value for name, value in labelled.features.items() if name not in dropped}
    return replace(labelled, features=kept)


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


def _shipped() -> tuple[list[Labelled], list[Labelled], list[Labelled]]:
    """What to fit on; questions of other subjects, and written ones, to report on: only when they are wanted."""
    snapshot = indexed("shipped", Library(SHIPPED_ARTICLES).articles().articles)
    asked = [question for question in load_questions(SHIPPED, "tune") if question.kind not in LEFT_OUT]
    questions = ((one.kind, bool(one.answerable), one.text, one.history) for one in asked)
    shipped = _labelled(snapshot, [*questions, *_written("shipped", "fit"), *_strange("fit")])
    if "--report" not in sys.argv:
        return shipped, [], []
    return shipped, _labelled(snapshot, _strange("report")), _labelled(snapshot, _written("shipped", "report"))


def _medlineplus() -> tuple[list[Labelled], list[Labelled], list[Labelled]]:
    """What to fit on, what to report on, and what was written to report on; the last only when it is wanted."""
    articles = medlineplus()
    snapshot = indexed("medlineplus", articles)
    sets: dict[str, tuple[bool, list[str]]] = {
        "MedQuAD": (True, [one.text for one in medquad(articles)][::2]),
        "MeQSum, clean": (True, [one.text for one in meqsum(articles, "summary")]),
        "MeQSum, long": (True, [one.text for one in meqsum(articles, "chq")]),
        "rare diseases": (False, rare_diseases(articles)),
    }
    asked = [
        _labelled(snapshot, [(name, answerable, text, ()) for text in texts])
        for name, (answerable, texts) in sets.items()
    ]
    halves = [labelled for each in asked for labelled in each[1::2]]
    others = [labelled for each in asked for labelled in each[::2]]
    halves += _labelled(snapshot, _written("medlineplus", "fit"))
    if "--report" not in sys.argv:
        return halves, others, []
    others += _labelled(snapshot, [("drugs", False, text, ()) for text in uncovered_drugs()])
    return halves, others, _labelled(snapshot, _written("medlineplus", "report"))


def _written(site: written.Site, part: written.Part) -> list[Asked]:
    def kind(one: written.Written) -> str:
        return "written" if one.answer else "written, near" if one.article else "written, other subjects"

    return [(kind(one), bool(one.answer), one.text, one.history) for one in written.questions(site, part)]


def _strange(part: written.Part) -> list[Asked]:
    return [(f"other subjects ({part})", False, one.text, ()) for one in of_other_subjects(part)]


def _labelled(snapshot: Snapshot, asked: Iterable[Asked]) -> list[Labelled]:
    """Without the questions that are declined before any search."""
    understanding = Understanding(snapshot)
    found: list[Labelled] = []
    for kind, answerable, text, history in asked:
        understood = understanding.understand(text, history, exact=False)
        if not understood.reason:
            asked_as, ranked = find(snapshot, understood, once=True)
            found.append(Labelled(kind, answerable, features(snapshot, asked_as, ranked)))
    return found


if __name__ == "__main__":
    main()
