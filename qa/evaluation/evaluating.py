"""`evaluate`: a dataset in, an Evaluation out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from corpus.errors import SnapshotError
from index.encoder import Progress
from index.snapshot import Snapshot
from qa.answering import Answerer
from qa.evaluation.asking import Asked, ask_questions, search_queries
from qa.evaluation.beir import files_of, load_beir
from qa.evaluation.datasets import Question, load_questions
from qa.evaluation.results import Evaluation, Stamp, stamp
from qa.evaluation.summary import summarise
from qa.service import open_answerer, open_store
from qa.settings import Settings

Reporter = Callable[[str], AbstractContextManager[Progress]]
"""Opens a progress bar for a step, by its name."""


@contextmanager
def silent(what: str) -> Iterator[Progress]:  # noqa: ARG001 (a Reporter)
    """Report nothing."""
    yield lambda *_: None


def evaluate(
    dataset: str | Path,
    *,
    settings: Settings | None = None,
    split: str | None = None,
    limit: int | None = None,
    progress: Reporter = silent,
) -> Evaluation:
    """Measure how well questions are answered.

    Args:
        dataset: a question file, asked of the live index; or a BEIR folder, whose own corpus is indexed below
            `evaluation/` in the folder of snapshots, once for each content.
        settings: where the live index is and which model is used; None reads the `WELLQUOTED_*` variables.
        split: of a question file "tune" or "report" (default: all); of a BEIR folder the name of its qrels
            (default: "test", else "dev").
        limit: ask only the first questions.

    Raises:
        DatasetError: the dataset cannot be used.
        SnapshotError: nothing has been built yet, or the index changed during the run.
    """
    dataset, settings = Path(dataset), settings or Settings()
    if dataset.is_dir():
        return _evaluate_folder(dataset, settings, split, limit, progress)
    questions = load_questions(dataset, split)[:limit]
    return evaluate_questions(questions, open_answerer(settings), dataset, split=split, progress=progress)


def evaluate_questions(
    questions: Sequence[Question],
    answerer: Answerer,
    file: Path,
    *,
    split: str | None = None,
    progress: Reporter = silent,
) -> Evaluation:
    """Ask `questions`, which were read from `file`, of an answerer of your own making."""
    snapshot = _open(answerer)
    made = stamp(file, [file], split, len(questions), snapshot)
    with progress("Asking") as step:
        asked = list(ask_questions(questions, answerer, snapshot, step))
    return _summary(answerer, made, asked, _misplaced(questions, snapshot))


def _evaluate_folder(
    folder: Path, settings: Settings, split: str | None, limit: int | None, progress: Reporter
) -> Evaluation:
    dataset = load_beir(folder, split)
    queries, qrels = dataset.judged(limit)
    own = settings.model_copy(update={"data": settings.data / "evaluation" / folder.resolve().name})
    with progress("Embedding") as step:
        open_store(own).build(dataset.articles, step, wait=True)
    answerer = open_answerer(own)
    snapshot = _open(answerer)
    made = stamp(folder, files_of(folder, dataset.split), dataset.split, len(queries), snapshot)
    with progress("Searching") as step:
        asked = list(search_queries(queries, qrels, answerer, snapshot, step))
    return _summary(answerer, made, asked)


def _open(answerer: Answerer) -> Snapshot:
    answerer.require_index()
    snapshot = answerer.snapshot()
    assert snapshot, "there is one: it was just required"
    return snapshot


def _summary(answerer: Answerer, made: Stamp, asked: Sequence[Asked], misplaced: tuple[str, ...] = ()) -> Evaluation:
    if _open(answerer).id != made.snapshot:
        raise SnapshotError("the index changed while it was being measured", "Run it again.")
    run = tuple(document for one in asked for document in one.run)
    return summarise(made, [one.result for one in asked], run, misplaced)


def _misplaced(questions: Sequence[Question], snapshot: Snapshot) -> tuple[str, ...]:
    """Questions that cannot be answered right: their gold quotes are of other articles, or of older ones."""
    texts = [article.text for article in snapshot.articles.values()]
    return tuple(
        question.id
        for question in questions
        if question.answerable and not any(quote in text for quote in question.gold for text in texts)
    )
