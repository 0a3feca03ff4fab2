"""A site on this machine, and a fetcher that may reach it and does not dawdle."""

from collections.abc import Iterator

import pytest

from corpus.web.fetching import Fetcher, Policy
from tests.website import Website

LOCAL = frozenset({"127.0.0.1"})


@pytest.fixture
def site() -> Iterator[Website]:
    with Website().served() as found:
        yield found


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    made = Fetcher(Policy(LOCAL, delay=0, back_off=0))
    yield made
    made.close()
