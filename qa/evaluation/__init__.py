"""How good the answers are, measured. docs/evaluating.md shows how to use it.

>>> from qa.evaluation import evaluate
>>> evaluate("qa/evaluation/questions/shipped.jsonl", split="tune").measures["quote success@3"]
"""

from qa.evaluation.comparing import Comparison, compare
from qa.evaluation.datasets import DatasetError, Question, load_questions
from qa.evaluation.evaluating import evaluate, evaluate_questions
from qa.evaluation.results import Evaluation, KindResult, QuestionResult

__all__ = [
    "Comparison",
    "DatasetError",
    "Evaluation",
    "KindResult",
    "Question",
    "QuestionResult",
    "compare",
    "evaluate",
    "evaluate_questions",
    "load_questions",
]
