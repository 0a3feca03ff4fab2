"""Fit the calibration of `qa/calibration.json` on labelled questions: `python -m qa.evaluation.calibrating`.

Uses the tuning half of the shipped questions, asked of the shipped articles. The operating point is the probability
below which at most `DECLINED` of the answerable questions fall.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from index.snapshot import Snapshot
from qa import confidence
from qa.answering import rank
from qa.confidence import Calibration, features, views
from qa.evaluation.datasets import Question, load_questions
from qa.evidence import ask
from qa.service import bring_up_to_date, open_store
from qa.settings import Settings
from qa.understanding import Understanding

SHIPPED = Path(__file__).parent / "questions" / "shipped.jsonl"
DECLINED = 0.05
LEFT_OUT = {"emergency", "crisis"}
"""Kinds that are answered by a notice first."""


def main() -> None:
    settings = Settings()
    bring_up_to_date(settings)
    snapshot = open_store(settings).open()
    understanding = Understanding(snapshot)
    asked = [question for question in load_questions(SHIPPED, "tune") if question.kind not in LEFT_OUT]
    found = [(question, values) for question in asked if (values := features_of(snapshot, understanding, question))]
    fitted = fit([values for _, values in found], [bool(question.answerable) for question, _ in found])
    confidence.FILE.write_text(json.dumps(asdict(fitted), indent=1) + "\n", "utf-8")
    print(f"fitted on {len(found)} questions: {fitted}")


def features_of(snapshot: Snapshot, understanding: Understanding, question: Question) -> dict[str, float]:
    """The features of a question's search; empty when it is declined before any search."""
    understood = understanding.understand(question.text, question.history, exact=False)
    if understood.reason:
        return {}
    asked = ask(snapshot, views(understood.searched))
    return features(snapshot, asked, rank(snapshot, asked[0]))


def fit(found: Sequence[dict[str, float]], answerable: Sequence[bool]) -> Calibration:
    """A logistic model of `answerable`, rounded to what a reader can check by hand."""
    names = list(found[0])
    table = np.array([[values[name] for name in names] for values in found])
    model = LogisticRegression(C=10.0).fit(table, answerable)
    weights = {name: round(float(weight), 2) for name, weight in zip(names, model.coef_[0], strict=True)}
    draft = Calibration(round(float(model.intercept_[0]), 2), weights, 0.0, 0.0, 0.0)
    answered = [draft.probability(values) for values, yes in zip(found, answerable, strict=True) if yes]
    operating_point = round(float(np.quantile(answered, DECLINED)), 3)
    medium, high = (round(operating_point + share * (1 - operating_point), 3) for share in (1 / 3, 2 / 3))
    return Calibration(draft.bias, weights, operating_point, medium, high)


if __name__ == "__main__":
    main()
