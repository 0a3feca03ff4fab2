"""What a snapshot consists of, so that every byte of it can be checked before it is read."""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from corpus.errors import DamagedSnapshot
from corpus.models import Article
from index.encoder import Model

SCHEMA = 4
"""Raise it whenever the same articles would make other files: chunking, embedding text, file formats.

4: articles have other names, which BM25 and the spelling know, and the day of their last change; more stop words."""
NAME = "MANIFEST"
ID = r"^[0-9a-f]{16}$"

Settings = dict[str, int | float | str]


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Size in bytes and SHA-256 of one file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that made a snapshot. `id` is derived from the content, so equal input gives an equal id."""

    schema: int
    id: str
    created: str
    """UTC, ISO 8601."""
    model: Model
    articles: dict[str, str]
    """Article id -> SHA-256 of the article."""
    passages: int
    files: dict[str, FileStamp]
    """Path inside the snapshot -> stamp."""
    settings: Settings = field(default_factory=dict)
    """What passages and scores depend on besides articles and model. Schema 1 has none."""


MANIFEST = TypeAdapter(Manifest)
ARTICLE = TypeAdapter(Article)


def article_line(article: Article) -> bytes:
    """The article as one line of JSON."""
    return ARTICLE.dump_json(article, exclude={"sections"})


def digests(articles: Iterable[Article]) -> dict[str, str]:
    """Article id -> SHA-256, sorted by id."""
    found = {article.id: hashlib.sha256(article_line(article)).hexdigest() for article in articles}
    return dict(sorted(found.items()))


def content_id(model: Model, settings: Settings, articles: dict[str, str]) -> str:
    """The id of the snapshot these articles make with this model and these settings: `ID` describes it."""
    digest = hashlib.sha256(f"{SCHEMA} {model} {json.dumps(settings, sort_keys=True)}".encode())
    for article_id, sha256 in articles.items():
        digest.update(f"\n{article_id} {sha256}".encode())
    return digest.hexdigest()[:16]


def stamp(file: Path) -> FileStamp:
    with file.open("rb") as stream:
        return FileStamp(file.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())


def stamp_all(folder: Path) -> dict[str, FileStamp]:
    return {name: stamp(folder / name) for name in _names(folder)}


def _names(folder: Path) -> list[str]:
    files = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in files if name != NAME)


def open_file(folder: Path) -> BinaryIO:
    """Open the manifest itself; readers lock it to keep the snapshot from being pruned.

    Raises:
        DamagedSnapshot: it cannot be opened.
    """
    try:
        return (folder / NAME).open("rb")
    except OSError as error:
        raise damaged(folder, f"its manifest cannot be read ({error.strerror})") from error


def read(folder: Path, sha256: str | None = None) -> Manifest:
    """Read the manifest of a snapshot, checked against `sha256` where CURRENT names one.

    Raises:
        DamagedSnapshot: it is missing, not what CURRENT names, or not a manifest.
    """
    with open_file(folder) as file:
        data = file.read()
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise damaged(folder, "its manifest is not the one that was published")
    try:
        manifest = MANIFEST.validate_json(data)
    except ValidationError as error:
        raise damaged(folder, "its manifest is not valid") from error
    if manifest.id != folder.name:
        raise damaged(folder, f"its manifest is that of {manifest.id}")
    return manifest


def verify(folder: Path, manifest: Manifest) -> None:
    """Check that the folder holds exactly the files of the manifest, byte for byte.

    Raises:
        DamagedSnapshot: names the first file that is missing, changed or not listed.
    """
    if manifest.schema != SCHEMA:
        raise damaged(folder, f"its schema is {manifest.schema}, this version reads {SCHEMA}")
    if manifest.id != content_id(manifest.model, manifest.settings, manifest.articles):
        raise damaged(folder, f"{NAME} has changed")
    for name, expected in manifest.files.items():
        _verify_file(folder, name, expected)
    for name in _names(folder):
        if name not in manifest.files:
            raise damaged(folder, f"{name} is not in its manifest")


def _verify_file(folder: Path, name: str, expected: FileStamp) -> None:
    file = folder / name
    try:
        if not file.is_file():
            raise damaged(folder, f"{name} is missing")
        if file.stat().st_size != expected.size or stamp(file) != expected:
            raise damaged(folder, f"{name} has changed")
    except OSError as error:
        raise damaged(folder, f"{name} cannot be read ({error.strerror})") from error


def damaged(folder: Path, what: str) -> DamagedSnapshot:
    return DamagedSnapshot(
        f"snapshot {folder.name}: {what}",
        "Run `wellquoted index build` to make it again, or `wellquoted index rollback` for the one before.",
    )


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest and flush it, every file it lists and the folders to the disk."""
    (folder / NAME).write_bytes(MANIFEST.dump_json(manifest, indent=1))
    for name in [*manifest.files, NAME]:
        fsync(folder / name)
    for path in [*folder.rglob("*"), folder]:
        if path.is_dir():
            fsync(path)


def fsync(path: Path) -> None:
    """Flush a file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
