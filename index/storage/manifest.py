"""What a generation of the index consists of: the digest of each of its files, and what it was built from.

A file that the manifest does not name is not part of the index and is never read.
"""

import hashlib
import os
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from index.errors import StaleIndexError

FORMAT = 2
MANIFEST = "manifest.json"


def _inside(name: str) -> str:
    """Neither here nor on another system may a name lead out of the folder."""
    for path in (PurePosixPath(name), PureWindowsPath(name)):
        if not path.parts or path.is_absolute() or path.drive or ".." in path.parts:
            raise ValueError("the name of a file inside the folder")
    return name


Name = Annotated[str, AfterValidator(_inside)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """`files` is empty as long as the generation is not finished."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    format: int = FORMAT
    built_from: dict[str, str] = Field(default_factory=dict, alias="built from")
    files: dict[Name, Sha256] = Field(default_factory=dict)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_in(folder: Path) -> list[Path]:
    """Every file of a generation but its manifest, in order."""
    return sorted(path for path in folder.rglob("*") if not path.is_dir() and path != folder / MANIFEST)


def read_manifest(folder: Path) -> Manifest:
    """Raises StaleIndexError naming the file when there is none, or none that can be understood."""
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as e:
        raise StaleIndexError(f"{path}: cannot be read ({e.strerror}); expected a manifest") from e
    except ValidationError as e:
        first = e.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))[:80]
        raise StaleIndexError(f"{path}: is not a manifest ({where + ': ' if where else ''}{first['msg'][:120]})") from e


def write_manifest(folder: Path, manifest: Manifest) -> None:
    replace(folder / MANIFEST, manifest.model_dump_json(by_alias=True, indent=1) + "\n")


def replace(path: Path, text: str) -> None:
    """The file at `path` holds the old text or the new one, whenever the machine stops."""
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def wrong_files(folder: Path, manifest: Manifest) -> list[str]:
    """Files that differ from the manifest, by name, in words."""
    found = []
    for name, sha256 in manifest.files.items():
        part = folder / name
        try:
            if part.is_symlink() or not part.is_file():
                found.append(f"{part}: is gone")
            elif digest(part) != sha256:
                found.append(f"{part}: was changed after it was built")
        except OSError as e:
            found.append(f"{part}: cannot be read ({e.strerror})")
    named = {folder / name for name in manifest.files}
    return found + [f"{path}: is not named in the manifest" for path in files_in(folder) if path not in named]
