"""The folder of the index: nothing in it that is not ours is ever touched."""

import json
from pathlib import Path

import pytest

from index.errors import StorageError
from index.storage import store
from index.storage.generations import LOCK, POINTER, sweep
from index.storage.manifest import MANIFEST
from tests.generations import got, put, silent


def tree(folder: Path) -> dict[str, bytes | None]:
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in sorted(folder.rglob("*"))}


def foreign_file(at: Path) -> None:
    at.write_text("a thesis")


def foreign_folder(at: Path) -> None:
    at.mkdir()
    (at / "thesis.tex").write_text("a thesis")


def folder_with_another_manifest(at: Path) -> None:
    at.mkdir()
    (at / MANIFEST).write_text('{"name": "an extension", "version": 2}')


def folder_with_another_pointer(at: Path) -> None:
    at.mkdir()
    (at / POINTER).mkdir()
    (at / POINTER / "x").write_text("x")


def link(at: Path) -> None:
    at.with_name("elsewhere").mkdir(exist_ok=True)
    at.with_name("elsewhere").joinpath("thesis.tex").write_text("a thesis")
    at.symlink_to(at.with_name("elsewhere"))


def dangling_link(at: Path) -> None:
    at.symlink_to(at.with_name("nowhere"))


def link_inside(at: Path) -> None:
    put(at, "ours")
    at.with_name("elsewhere").mkdir()
    (at / "generation-0123456789abcdef").symlink_to(at.with_name("elsewhere"))


@pytest.mark.parametrize(
    "foreign",
    [
        foreign_file, foreign_folder, folder_with_another_manifest, folder_with_another_pointer, link, dangling_link,
        link_inside,
    ],
)  # fmt: skip
def test_what_is_not_ours_is_refused_by_name_before_the_build_starts(tmp_path, foreign) -> None:
    folder = tmp_path / "built"
    foreign(folder)
    before = tree(tmp_path)
    with pytest.raises(StorageError, match="expected a new or empty folder") as caught, store.locked(folder, silent):
        pytest.fail("the build started")
    assert str(folder) in str(caught.value)
    assert tree(tmp_path) == before


def test_what_a_system_leaves_in_any_folder_is_left_alone(tmp_path) -> None:
    folder = tmp_path / "built"
    (folder / "lost+found").mkdir(parents=True)
    (folder / ".DS_Store").write_text("x")
    put(folder, "1")
    assert got(folder) == "1"
    assert (folder / ".DS_Store").read_text() == "x"


def test_the_sweep_leaves_foreign_files_and_says_so(tmp_path) -> None:
    folder = tmp_path / "built"
    put(folder, "1")
    first = store.current(folder)
    (first / "thesis.tex").write_text("a thesis")
    no_manifest = folder / "generation-00000000000000aa"
    no_manifest.mkdir()
    (no_manifest / "thesis.tex").write_text("a thesis")
    outward = folder / "generation-00000000000000bb"
    outward.mkdir()
    (outward / MANIFEST).write_text(json.dumps({"format": 2, "built from": {}, "files": {"../CURRENT": "0" * 64}}))
    put(folder, "2")
    said: list[str] = []
    sweep(folder, said.append)
    assert [(p / "thesis.tex").read_text() for p in (first, no_manifest)] == ["a thesis"] * 2
    assert outward.exists()
    assert len(said) == 3
    assert got(folder) == "2"


def test_a_link_in_a_swept_generation_leads_nowhere(tmp_path) -> None:
    folder = tmp_path / "built"
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "c").write_text("a thesis")
    put(folder, "1")
    first = store.current(folder)
    (first / "deep" / "c").unlink()
    (first / "deep").rmdir()
    (first / "deep").symlink_to(tmp_path / "elsewhere")
    put(folder, "2")
    put(folder, "3")
    assert (tmp_path / "elsewhere" / "c").read_text() == "a thesis"


def test_an_index_of_the_first_format_is_replaced(tmp_path) -> None:
    folder = tmp_path / "built"
    folder.mkdir()
    (folder / "vectors.faiss").write_text("x")
    old = {"format": 1, "built from": {"a": "b"}, "files": {"vectors.faiss": "0" * 64}}
    (folder / MANIFEST).write_text(json.dumps(old))
    put(folder, "1")
    assert {p.name for p in folder.iterdir()} == {POINTER, LOCK, store.current(folder).name}
