"""Fixtures that many tests share. The index is the real one, built when it is missing or stale."""

from pathlib import Path

import pytest
from hypothesis import Phase, settings

from index import build
from index.search import Index
from tests import small

# Few examples while people wait; `--hypothesis-profile many` tries ten thousand.
for name, examples in (("few", 60), ("many", 10_000)):
    settings.register_profile(name, max_examples=examples, deadline=None)
settings.register_profile("mutants", max_examples=100, deadline=None, derandomize=True, phases=[Phase.generate])
settings.load_profile("few")


@pytest.fixture(scope="session")
def index() -> Index:
    return build.load()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, index: Index) -> tuple[Path, Path]:
    """A small corpus and its index, which nobody changes; the encoder is that of the real one, so that it is
    exported once."""
    folder = tmp_path_factory.mktemp("small")
    corpus = small.write(folder / "corpus")
    build.build(corpus, folder / "built", say=lambda line: None)
    return corpus, folder / "built"
