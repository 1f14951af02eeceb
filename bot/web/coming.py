"""An index that may still be on its way: the page is up before it is, and an early question waits for it."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, TimeoutError

from corpus import Document
from index.search import Index


class Coming:
    """`documents` are known at once; `make` loads or builds the index, in a thread of its own."""

    def __init__(self, documents: Sequence[Document], make: Callable[[], Index]) -> None:
        self.documents = documents
        self._made: Future[Index] = Future()
        threading.Thread(target=self._make, args=(make,), daemon=True).start()

    def within(self, seconds: float | None = None) -> Index | None:
        """The index, or None when it is not there after so many seconds. Raises what its making raised."""
        try:
            return self._made.result(seconds)
        except TimeoutError:
            return None

    def _make(self, make: Callable[[], Index]) -> None:
        try:
            index = make()
            index.look_up("What is this about?")  # what is loaded lazily is loaded now, not by the first reader
        except BaseException as e:
            self._made.set_exception(e)
        else:
            self._made.set_result(index)
