"""Two numbers. They say nothing about who voted, when, or on what."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.web.faults import log

Way = Literal["up", "down"]


class Counts(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    up: int = Field(default=0, ge=0)
    down: int = Field(default=0, ge=0)


@dataclass(slots=True)
class Votes:
    """Kept in the file at `path`, or only in memory. A file that holds no votes is set aside by name."""

    path: Path | None = None
    counts: Counts = field(default_factory=Counts)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        if self.path is None:
            return
        try:
            self.counts = Counts.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            pass
        except ValidationError:
            self._set_aside(self.path)
        except OSError as e:
            log.error(
                "%s: cannot be read (%s); expected a file of votes. Votes are kept in memory.", self.path, e.strerror
            )
            self.path = None

    def _set_aside(self, path: Path) -> None:
        names = (path.with_name(f"{path.name}.damaged-{n}") for n in range(1, 1000))
        aside = next((name for name in names if not name.exists()), None)
        try:
            if aside is None:
                raise OSError(17, "1000 damaged files are kept already")
            path.rename(aside)
            log.error("%s: holds no two counts of votes; kept as %s, and counting starts at 0.", path, aside.name)
        except OSError as e:
            log.error("%s: holds no two counts of votes and cannot be set aside (%s).", path, e.strerror)
            self.path = None

    def add(self, way: Way) -> None:
        with self._lock:
            self.counts = self.counts.model_copy(update={way: getattr(self.counts, way) + 1})
            if self.path:
                fresh = self.path.with_name(self.path.name + ".new")
                try:
                    fresh.write_text(self.counts.model_dump_json(), encoding="utf-8")
                    fresh.replace(self.path)
                except OSError as e:
                    log.error("%s: cannot be written (%s); votes are kept in memory.", self.path, e.strerror)
