"""What can go wrong, as one tree.

WellQuotedError
├── ArticleError          an article file that cannot be read or breaks a rule
│   └── FetchError        a page that cannot be fetched, or must not be
│       ├── PageGone      its site says that there is no such page
│       └── SiteDown      its site does not answer, or not now
├── SourcesError          the list of sources breaks a rule
├── LibraryError          the folder of articles: unknown id, id taken, not writable
├── SnapshotError         the index on disk
│   ├── NoSnapshot        nothing has been built yet
│   ├── DamagedSnapshot   a file differs from its manifest
│   └── SnapshotBusy      another process is building
├── ModelError            the embedding model is missing or is not the expected one
├── DatasetError          (qa.evaluation) a dataset that cannot be measured on
├── WorklistError         (qa.worklist) the file of the worklist
└── NoticesError          (qa.notices) a file of notices that breaks a rule
"""


class WellQuotedError(Exception):
    """Something the user can act on: `str(error)` says what happened, `advice` what to try next."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


class ArticleError(WellQuotedError):
    """An article that cannot be read. The message names the file, and the line if there are several, and the reason."""

    def __init__(self, message: str, advice: str = "", origin: str = "") -> None:
        super().__init__(message, advice)
        self.origin = origin

    @property
    def reason(self) -> str:
        """The message without the file it is about."""
        return str(self).removeprefix(f"{self.origin}: ")


class FetchError(ArticleError):
    """A page that cannot be fetched, or must not be. It may come one day: nothing follows for its article."""


class PageGone(FetchError):
    """The site says that there is no such page (404, 410)."""


class SiteDown(FetchError):
    """The site does not answer, or not now.

    `wait` is for how many seconds it asked to be left alone, if it did.
    """

    def __init__(self, message: str, advice: str = "", wait: float | None = None) -> None:
        super().__init__(message, advice)
        self.wait = wait


class SourcesError(WellQuotedError):
    """The list of sources breaks a rule. The message names the file, the line and the source."""


class LibraryError(WellQuotedError):
    """The folder of articles cannot do what was asked."""


class SnapshotError(WellQuotedError):
    """The index on disk cannot do what was asked."""


class NoSnapshot(SnapshotError):
    """No index has been built yet."""


class DamagedSnapshot(SnapshotError):
    """A file of the index differs from what its manifest says."""


class SnapshotBusy(SnapshotError):
    """Another process holds the writer lock."""


class ModelError(WellQuotedError):
    """The embedding model is missing, or is not the one the settings name."""
