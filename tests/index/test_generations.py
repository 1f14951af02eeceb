"""The folder of the index: whole at any moment.

Faults are injected for real: processes are killed, disks are full, folders are read-only.
TRIALS=1000 repeats the killing as often.
"""

import json
import os
import random
import signal
import subprocess
import threading
import time

import pytest

from index.errors import StaleIndexError, StorageError
from index.storage import store
from index.storage.generations import LOCK, POINTER
from index.storage.manifest import MANIFEST, read_manifest, wrong_files
from tests.generations import FILES, got, put, silent

TRIALS = int(os.environ.get("TRIALS") or 40)
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
is_root = pytest.mark.skipif(not ROOT, reason="needs root, to mount or to be nobody")


def forked(work) -> int:
    """The process in which `work` runs; it ends with 0 when nothing is raised."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            os._exit(1)
    return child


@forks
def test_killed_at_any_moment_the_old_or_the_new_is_read(tmp_path) -> None:
    folder = tmp_path / "built"
    put(folder, "0")
    began = time.monotonic()
    os.waitpid(forked(lambda: put(folder, "0", pause=0.002)), 0)
    whole = time.monotonic() - began
    seen = set()
    for trial in range(1, TRIALS + 1):
        before = got(folder)
        child = forked(lambda n=trial: put(folder, str(n), pause=0.002))
        time.sleep(random.uniform(0, 1.3 * whole))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert got(folder) in (before, str(trial))
        seen.add(got(folder) == str(trial))
    put(folder, "last")
    assert got(folder) == "last"
    assert len(seen) == 2, "the moments were not spread over the build"
    assert len(list(folder.glob("generation-*"))) <= 2
    assert {p.name for p in folder.iterdir() if p.is_file()} <= {POINTER, LOCK, f"{POINTER}.new"}


@forks
def test_readers_during_builds_see_a_whole_index(tmp_path) -> None:
    folder = tmp_path / "built"
    put(folder, "0")

    def builds() -> None:
        for n in range(1, 25):
            put(folder, str(n), pause=0.005)

    child = forked(builds)
    reads = 0
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        generation = store.current(folder)
        try:
            got(folder)
            reads += 1
        except (AssertionError, OSError, StaleIndexError):
            assert store.current(folder) != generation, "torn"  # two builds later; whoever reads starts again
    assert got(folder) == "24"
    assert reads > 20


@forks
def test_two_builds_at_once_come_one_after_the_other(tmp_path) -> None:
    folder = tmp_path / "built"
    children = [forked(lambda n=n: put(folder, str(n), pause=0.02)) for n in range(4)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert got(folder) in "0123"


def test_who_waits_for_another_build_is_told(tmp_path) -> None:
    folder = tmp_path / "built"
    said: list[str] = []

    def second() -> None:
        with store.locked(folder, said.append):
            said.append("second")

    with store.locked(folder, silent):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        assert said == [f"{folder}: another build is under way; waiting for it …"]
    thread.join(timeout=10)
    assert said[1:] == ["second"]


@pytest.mark.parametrize(
    "pointer", ["", "generation-0123456789abcdef", "../elsewhere", "generation-x\n", "\udcff", "x" * 99_999]
)
def test_a_damaged_pointer_points_nowhere_and_is_mended(tmp_path, pointer) -> None:
    folder = tmp_path / "built"
    put(folder, "1")
    (folder / POINTER).write_bytes(pointer.encode("utf-8", "surrogateescape"))
    assert store.differences(folder, {"text": "1"})
    put(folder, "2")
    assert got(folder) == "2"


def test_every_change_of_a_manifest_is_noticed(tmp_path) -> None:
    """Bytes flipped, dropped, doubled: the manifest then differs, or is none; never a traceback."""
    folder = tmp_path / "built"
    put(folder, "1")
    path = store.current(folder) / MANIFEST
    whole = path.read_bytes()
    chance = random.Random(5)
    for _ in range(TRIALS * 10):
        at = chance.randrange(len(whole))
        changed = bytearray(whole)
        match chance.randrange(3):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                del changed[at : at + chance.randrange(1, 40)]
            case 2:
                changed[at:at] = changed[chance.randrange(at + 1) : at + 1]
        path.write_bytes(changed)
        try:
            manifest = read_manifest(path.parent)
        except StaleIndexError:
            continue
        same = manifest.format == 2 and manifest.built_from == {"text": "1"} and len(manifest.files) == len(FILES)
        assert not same or wrong_files(path.parent, manifest) or json.loads(changed) == json.loads(whole)


@is_root
@forks
def test_a_full_disk_is_one_sentence_and_the_old_index_stays(tmp_path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)], capture_output=True).returncode:
        pytest.skip("this machine does not let root mount a disk")
    try:
        folder = disk  # the mounted folder itself, as a container's volume is
        put(folder, "1")
        with pytest.raises(StorageError, match="No space left on device") as caught:
            put(folder, "x" * 400_000)
        assert str(folder) in str(caught.value)
        assert got(folder) == "1"
        assert len(list(folder.glob("generation-*"))) == 1
        for n in range(20):
            put(folder, str(n) * 30_000)
        assert got(folder).startswith("19")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@is_root
@forks
def test_a_folder_that_may_not_be_written_is_one_sentence(tmp_path) -> None:
    for parent in (*reversed(tmp_path.parents), tmp_path):
        parent.chmod(parent.stat().st_mode | 0o055)
    put(tmp_path / "built", "1")

    def as_nobody() -> None:
        os.setgid(65534)
        os.setuid(65534)
        assert got(tmp_path / "built") == "1"  # reading needs no leave to write
        for place in (tmp_path / "built", tmp_path / "new", tmp_path / "new" / "inner"):
            with pytest.raises(StorageError, match=r"Permission denied\); expected room, and leave to write"):
                put(place, "2")

    assert os.waitpid(forked(as_nobody), 0)[1] == 0


@pytest.mark.parametrize("name", ["x" * 300, "file/under"])
def test_a_place_that_cannot_be_is_one_sentence(tmp_path, name) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="expected"):
        put(tmp_path / name, "1")
