"""Every setting of the product, read once from `WELLQUOTED_*` variables. docs/settings.md lists them."""

from pathlib import Path
from typing import Annotated

from limits import parse
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

import corpus
from index.encoder import MINILM_SHA256

SHIPPED_ARTICLES = Path(corpus.__file__).parent / "articles"


def _parted(value: object) -> object:
    """ "a, b" -> ["a", "b"]."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _rate(value: str) -> str:
    parse(value)
    return value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parted)]


class Settings(BaseSettings):
    """Immutable; a command makes one at its start."""

    model_config = SettingsConfigDict(env_prefix="WELLQUOTED_", env_ignore_empty=True, frozen=True)

    articles: Path = Field(default=SHIPPED_ARTICLES, description="Folder of articles.")
    data: Path = Field(default=Path("data"), description="Folder of snapshots.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port to listen on.")
    model_sha256: str = Field(default=MINILM_SHA256, description="SHA-256 the embedding model's weights must have.")
    allowed_hosts: Names = Field(default=(), description="Names the site is reached by, besides this machine's.")
    allowed_origins: Names = Field(default=(), description="Web origins whose scripts may read the API.")
    trust_proxy: bool = Field(default=False, description="A reverse proxy sets X-Forwarded-*; do not strip them.")
    rate_limit: Annotated[str, AfterValidator(_rate)] = Field(
        default="60/minute", description="Questions one client may ask."
    )
    worklist: str = Field(default="off", description="Keep unanswered questions: off, on, or the file to keep them in.")
    worklist_days: int = Field(default=30, ge=1, le=365, description="Days a question stays in the worklist.")

    @property
    def worklist_default(self) -> Path:
        """The file of the worklist where no other is named."""
        return self.data / "worklist.sqlite"

    @property
    def worklist_file(self) -> Path | None:
        """Where unanswered questions are kept; None when they are not."""
        wanted = self.worklist.strip().lower()
        if wanted in {"off", "false", "no", "0"}:
            return None
        return self.worklist_default if wanted in {"on", "true", "yes", "1"} else Path(self.worklist)
