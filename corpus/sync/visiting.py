"""One page or file of a source: look at it, and plan what becomes of its articles."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from corpus import language
from corpus.errors import ArticleError, FetchError, PageGone, SiteDown
from corpus.models import Article, Imported
from corpus.readers import Reading, read_bytes
from corpus.readers.fields import article_from, to_fields
from corpus.readers.reading import bad
from corpus.storing import read_file
from corpus.sync.changes import Change, Kind, Step
from corpus.sync.shelf import Shelf, digest
from corpus.sync.sources import Source
from corpus.sync.state import Record, State
from corpus.web.fetching import Fetcher, Page, Validators, site_of
from corpus.web.pages import read_page


@dataclass(frozen=True, slots=True)
class _Content:
    """What a page or file holds."""

    data: bytes
    location: str
    validators: Validators = field(default_factory=Validators)
    page: Page | None = None
    unchanged: bool = False

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What becomes of one reading."""

    change: Change
    article: Article | None = None
    predecessor: Record | None = None


class Visitor:
    """Looks at pages and files one by one. Nothing is written here."""

    def __init__(self, shelf: Shelf, state: State, fetcher: Fetcher, base: Path, run: str) -> None:
        self._shelf = shelf
        self._fetcher = fetcher
        self._base = base
        self._run = run
        self._urls = {record.url: record.key for record in state.records.values() if record.url}
        self._owners = {each: record.key for record in state.records.values() for each in record.articles}
        self.pending: dict[str, Record] = {}
        """Pages of the source that it no longer lists: a page found elsewhere may be one of them."""

    def visit(self, source: Source, key: str, record: Record | None) -> Step:
        """Plan what becomes of the articles of one page or file.

        Args:
            record: what is known of it, if anything.
        """
        if record and self._run and record.run == self._run and self._fresh(source, record):
            return Step(_unchanged(source, record))
        try:
            content = self._content(source, key, record)
            if record and content.unchanged:
                known = replace(record, validators=content.validators, run=self._run, source=source.name, key=key)
                return Step(_unchanged(source, record), known, record.key)
            return self._read(source, key, record, content)
        except PageGone as error:
            if record and record.articles:
                return gone(record, tuple(record.articles), "its site says there is no such page")
            return Step((_problem("refused", source, key, error),))
        except SiteDown as error:
            return Step((_problem("failed", source, key, error),))
        except ArticleError as error:
            return Step((_problem("refused", source, key, error),))

    def _fresh(self, source: Source, record: Record) -> bool:
        """Whether the articles are there, made as they would be made today."""
        return (
            bool(record.articles)
            and record.told == _told(source)
            and all(each in self._shelf for each in record.articles)
        )

    def _content(self, source: Source, key: str, record: Record | None) -> _Content:
        fresh = record if record and self._fresh(source, record) else None
        if source.kind == "folder":
            content = _Content(read_file(self._base / key), key)
        else:
            page = self._fetcher.get(key, fresh.validators if fresh else None)
            if page.unchanged and fresh and page.url != fresh.location:
                page = self._fetcher.get(key)
            _check_place(key, page.url, record)
            validators = fresh.validators.renewed(page.validators) if page.unchanged and fresh else page.validators
            content = _Content(page.data, page.url, validators, page, page.unchanged)
        same = fresh and content.sha256 == fresh.sha256 and content.location == fresh.location
        return replace(content, unchanged=True) if same else content

    def _read(self, source: Source, key: str, record: Record | None, content: _Content) -> Step:
        readings = list(_readings(key, content))
        sole = len(readings) == 1
        plans: list[_Plan] = []
        taken: set[str] = set()
        for reading in readings:
            plans.append(plan := self._planned(source, key, record, reading, taken, sole=sole))
            taken.update([plan.article.id] if plan.article else [])
        articles = {plan.article.id: plan.article for plan in plans if plan.article}
        before = next((plan.predecessor for plan in plans if plan.predecessor), record)
        url = next(iter(articles.values())).url if len(articles) == 1 and content.page else None
        url = url or (record.url if record else None)
        failed = any(plan.change.kind == "refused" for plan in plans)
        lost = tuple(each for each in record.articles if each not in articles) if record and not failed else ()
        kept = {each: record.articles[each] for each in record.articles if each not in articles} if record else {}
        known = Record(
            key, source.name, content.location, url, content.sha256, "" if failed or lost else _told(source),
            {**kept, **{each.id: digest(each) for each in articles.values()}}, content.validators, self._run,
        )  # fmt: skip
        self._remember(known, before)
        writes = ("new", "changed", "moved")
        return Step(
            (*(plan.change for plan in plans), *_losses(source, key, lost)),
            known if known.articles else None,
            before.key if before and known.articles else "",
            tuple(plan.article for plan in plans if plan.article and plan.change.kind in writes),
            known if lost else None,
            lost,
        )

    def _planned(
        self,
        source: Source,
        key: str,
        record: Record | None,
        reading: Reading | ArticleError,
        taken: set[str],
        *,
        sole: bool,
    ) -> _Plan:
        if isinstance(reading, ArticleError):
            return _Plan(_problem("refused", source, key, reading))
        url = reading.article.url if sole and source.kind != "folder" else None
        other = self._urls.get(url, key) if url else key
        if other != key and other not in self.pending and not (record and record.key == other):
            reason = f"the same article as {other}, by its address {url}"
            return _Plan(_change("duplicate", source, key, reading.article, reason))
        try:
            language.check(reading.article, source.language, key)
            before = self.pending.get(other) or record
            article_id, before = self._id(reading.article.id, key, before, sole=sole)
            if article_id in taken:
                raise bad(key, f"two of its articles have the id {article_id!r}", "Give one of them another id.")
            article = _made(source, key, reading, article_id)
            return self._compared(source, key, article, before)
        except ArticleError as error:
            return _Plan(_problem("refused", source, key, error))

    def _id(self, wanted: str, key: str, before: Record | None, *, sole: bool) -> tuple[str, Record | None]:
        """The id of an article, which it keeps for good, and the record of the page it was on."""
        if before and sole and len(before.articles) == 1:
            return next(iter(before.articles)), before
        if before and wanted in before.articles:
            return wanted, before
        owner = self._owners.get(wanted, "")
        if sole and owner in self.pending:
            return wanted, self.pending[owner]
        return self._shelf.id_for(wanted, key, self._owners), before

    def _compared(self, source: Source, key: str, article: Article, before: Record | None) -> _Plan:
        predecessor = before if before and before.key != key else None
        present = self._shelf.get(article.id)
        if not present:
            return _Plan(_change("new", source, key, article), article, predecessor)
        written = before.articles.get(article.id) if before else None
        if digest(present) == digest(article):
            kind: Kind = "moved" if predecessor else "unchanged"
            return _Plan(_change(kind, source, key, article), article, predecessor)
        if not written:
            reason = f"the article {article.id!r} from there was not brought in by a sync"
            raise bad(key, reason, f"Take the page out of the sources, or 'wellquoted corpus remove {article.id}'.")
        if digest(present) != written:
            reason = f"the article {article.id!r} was changed by hand, and its page has changed too"
            raise bad(key, reason, f"Take the page out of the sources, or 'wellquoted corpus remove {article.id}'.")
        kind = "moved" if predecessor or present.url != article.url else "changed"
        return _Plan(_change(kind, source, key, article), article, predecessor)

    def _remember(self, known: Record, before: Record | None) -> None:
        """For the visits that follow, in a dry run too."""
        if before and before.key != known.key:
            self.pending.pop(before.key, None)
        if known.url:
            self._urls[known.url] = known.key
        self._owners.update(dict.fromkeys(known.articles, known.key))


def gone(record: Record, lost: tuple[str, ...], reason: str) -> Step:
    """The step for articles that are no longer at their source."""
    changes = (Change("gone", record.source, record.key, each, reason=reason) for each in lost)
    return Step(tuple(changes), gone=record, lost=lost)


def _check_place(key: str, found: str, record: Record | None) -> None:
    """Where a page leads must still be a page like it: sites send those of lost pages to their start page, and a domain
    that nobody pays for any more is bought by somebody else.

    Raises:
        FetchError: it is not.
    """
    advice = "Look at it in a browser; name its new address in the sources, or take it out."
    if urlsplit(found).path in ("", "/") and urlsplit(key).path not in ("", "/"):
        raise FetchError(f"{key}: leads to the start page of {site_of(found)}", advice)
    before = {site_of(key), site_of(record.location)} if record and record.location else {site_of(found)}
    if site_of(found) not in before:
        raise FetchError(f"{key}: now leads to another site: {found}", advice)


def _readings(key: str, content: _Content) -> Iterator[Reading | ArticleError]:
    if content.page:
        return read_page(content.page)
    return read_bytes(content.data, PurePosixPath(key).name, key)


def _made(source: Source, key: str, reading: Reading, article_id: str) -> Article:
    """The article with what its source says of it."""
    fields: Mapping[str, object] = {**to_fields(reading.article), **source.told(), "id": article_id}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    imported = Imported(key, hashlib.sha256(reading.source).hexdigest(), at)
    return replace(article_from(fields, reading.article.text, key), imported=imported)


def _told(source: Source) -> str:
    """What else than a page decides on its articles: another value reads the page again."""
    return hashlib.sha256(repr((version("wellquoted"), sorted(source.told().items()))).encode()).hexdigest()


def _change(kind: Kind, source: Source, key: str, article: Article, reason: str = "") -> Change:
    return Change(kind, source.name, key, article.id if kind != "duplicate" else None, article.title, reason)


def _problem(kind: Kind, source: Source, key: str, error: ArticleError) -> Change:
    return Change(kind, source.name, key, reason=str(error), advice=error.advice)


def _unchanged(source: Source, record: Record) -> tuple[Change, ...]:
    return tuple(Change("unchanged", source.name, record.key, each) for each in record.articles)


def _losses(source: Source, key: str, lost: tuple[str, ...]) -> Iterator[Change]:
    for each in lost:
        yield Change("gone", source.name, key, each, reason="its page or file no longer has it")
