"""Keep a folder of articles equal to its sources: look at every page, plan, and carry the plan out step by step.

Nothing is called gone because a site was down: a page is gone when it is answered with 404 or 410 while the rest of its
site answers, or when a listing that was fetched whole no longer has it. What is gone is removed only when asked for,
and never much of a source at once. No article is touched that a sync did not bring in, or that was changed by hand.
"""

import hashlib
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin

from corpus.errors import ArticleError, FetchError, SiteDown
from corpus.library import Library
from corpus.sync.applying import Removing, carry_out
from corpus.sync.changes import Change, Kind, Step
from corpus.sync.listed import listed_by
from corpus.sync.shelf import Shelf
from corpus.sync.sources import Source, load_sources
from corpus.sync.state import Record, State, state_file
from corpus.sync.visiting import Visitor, gone
from corpus.web.fetching import Fetcher, site_of

_HANDFUL = 5
_PART = 0.1
"""Of a source: more articles than a handful and than this part do not go at once."""
_RESUMED = timedelta(days=1)
"""A sync that was stopped longer ago begins anew."""

Progress = Callable[[int, int], None]


def sync(
    library: Library,
    file: Path,
    fetcher: Fetcher,
    removing: Removing | None = None,
    *,
    dry_run: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> Generator[Change, None, None]:
    """Make the articles of a library those of its sources; yield each change once it is made.

    Args:
        file: the sources, as docs/sources.md describes.
        dry_run: only say what would change; pages are fetched, nothing is written.
        progress: called with the pages done and all pages.

    Raises:
        SourcesError: the file breaks a rule.
        LibraryError: the folder cannot be written, or another sync is running.
    """
    sources = load_sources(file)
    state = State(state_file(library.folder, file))
    if dry_run:
        shelf = Shelf(library)
        visitor = Visitor(shelf, state, fetcher, file.parent, "")
        for step in _Planner(sources, state, fetcher, file.parent, visitor).steps(progress):
            yield from step.changes
        return
    library.folder.mkdir(parents=True, exist_ok=True)
    with state.opened():
        shelf, run = Shelf(library), _run(state, file)
        state.begin(run)
        visitor = Visitor(shelf, state, fetcher, file.parent, run)
        for step in _Planner(sources, state, fetcher, file.parent, visitor).steps(progress):
            yield from carry_out(step, shelf, state, removing or Removing())


def _run(state: State, file: Path) -> str:
    """The name of a new run, or of the one of the same sources that was stopped before its end."""
    of_sources = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    began, _, of = state.run.partition(" ")
    now = datetime.now(UTC)
    if of == of_sources and now - datetime.fromisoformat(began) < _RESUMED:
        return state.run
    return f"{now.isoformat(timespec='microseconds')} {of_sources}"


class _Planner:
    """Looks at one source after the other."""

    def __init__(self, sources: Sequence[Source], state: State, fetcher: Fetcher, base: Path, visitor: Visitor) -> None:
        self._sources = sources
        self._state = state
        self._fetcher = fetcher
        self._base = base
        self._visitor = visitor
        self._names = {source.name for source in sources}
        self._answers: dict[str, bool] = {}
        self._seen: set[str] = set()

    def steps(self, progress: Progress) -> Iterator[Step]:
        """Every step of the plan; each is to be carried out, if at all, before the next one is asked for."""
        listed = [listed_by(source, self._base, self._fetcher) for source in self._sources]
        total = sum(len(found) for found in listed if not isinstance(found, ArticleError))
        for source, found in zip(self._sources, listed, strict=True):
            if isinstance(found, ArticleError):
                kind: Kind = "failed" if isinstance(found, SiteDown) else "refused"
                yield Step((Change(kind, source.name, source.place, reason=str(found), advice=found.advice),))
            else:
                for step in self._source(source, found):
                    yield step
                    progress(len(self._seen), max(total, len(self._seen)))
        yield from self._orphans()

    def _source(self, source: Source, listed: list[str]) -> Iterator[Step]:
        known, now = self._known(source.name), set(listed)
        vanished = {key: record for key, record in known.items() if key not in now}
        if source.kind == "feed":  # It shows the latest only: the others are looked at where they are.
            listed, vanished = [*listed, *vanished], {}
        followed: dict[str, Record] = {}
        if source.kind != "folder":
            yield from self._follow(vanished, now, followed)
        self._visitor.pending = vanished
        missing: list[Step] = []
        for key in listed:
            step = self._look(source, key, followed.get(key))
            if step.gone:
                missing.append(gone(step.gone, step.lost, _reason(step)))
                step = replace(step, changes=tuple(c for c in step.changes if c.kind != "gone"), gone=None, lost=())
            yield step
        missing += [gone(each, tuple(each.articles), "its source no longer lists it") for each in vanished.values()]
        yield from _guarded(missing, known)

    def _known(self, name: str) -> dict[str, Record]:
        return {key: record for key, record in self._state.records.items() if record.source == name}

    def _follow(self, vanished: dict[str, Record], listed: set[str], followed: dict[str, Record]) -> Iterator[Step]:
        """Take what only moved to another listed page out of what vanished."""
        free = listed - self._state.records.keys()
        for key, record in list(vanished.items()):
            place = next((each for each in (record.location, record.url) if each in free), "")
            try:
                place = place or self._fetcher.get(key).url
            except SiteDown as error:
                del vanished[key]
                reason = f"its source no longer lists it, and its page cannot be looked at: {error}"
                yield Step((Change("failed", record.source, key, reason=reason, advice=error.advice),))
            except FetchError:
                continue
            if place in free:
                free.remove(place)
                followed[place] = vanished.pop(key)

    def _look(self, source: Source, key: str, followed: Record | None) -> Step:
        record = followed or self._state.records.get(key)
        if key in self._seen or (record and record.source in self._names - {source.name}):
            return Step((Change("duplicate", source.name, key, reason="another source has it too"),))
        self._seen.add(key)
        step = self._visitor.visit(source, key, record)
        if source.kind != "folder" and not self._believed(key, step):
            reason = "there is no such page, and the rest of its site does not answer either"
            return Step((Change("failed", source.name, key, reason=reason, advice="Try again later."),))
        return step

    def _believed(self, url: str, step: Step) -> bool:
        """Whether a site that says that a page is gone still answers for others."""
        site = site_of(url)
        if not (step.gone and not step.record):
            self._answers[site] = self._answers.get(site, False) or step.record is not None
            return True
        if not self._answers.get(site):
            try:
                self._answers[site] = bool(self._fetcher.get(urljoin(url, "/")))
            except FetchError:
                self._answers[site] = False
        return self._answers[site]

    def _orphans(self) -> Iterator[Step]:
        """Articles of sources that are no longer there."""
        names = {record.source for record in self._state.records.values()} - self._names
        for name in sorted(names):
            known = {key: record for key, record in self._known(name).items() if key not in self._seen}
            reason = "its source is no longer among the sources"
            yield from _guarded([gone(each, tuple(each.articles), reason) for each in known.values()], known)


def _guarded(missing: Sequence[Step], known: Mapping[str, Record]) -> Iterator[Step]:
    """The steps for what is gone, marked where it is much of what is known of the source."""
    count = sum(len(step.lost) for step in missing)
    many = count > max(_HANDFUL, _PART * sum(len(record.articles) for record in known.values()))
    for step in missing:
        yield replace(step, many=many)


def _reason(step: Step) -> str:
    return next(change.reason for change in step.changes if change.kind == "gone")
