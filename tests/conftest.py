"""Fixtures that many tests share. The index is the real one, built when it is missing or stale."""

import pytest

from index import build
from index.search import Index


@pytest.fixture(scope="session")
def index() -> Index:
    return build.load()
