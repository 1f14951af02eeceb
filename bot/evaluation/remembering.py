"""An encoder that encodes no text twice, for runs that learn anew from the same questions again and again."""

from collections.abc import Iterator, Sequence

from index.retrieval.encoder import Encoded, Encoder
from index.search import Index


class RememberingEncoder:
    """Gives what `encoder` gives. What it remembers is never let go: about 50 kB a question."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.fingerprint, self.longest = encoder.name, encoder.fingerprint, encoder.longest
        self._encoder = encoder
        self._known: dict[str, Encoded] = {}

    def encode(self, texts: Sequence[str]) -> Iterator[Encoded]:
        """One Encoded a text, in order; new ones are encoded together, each when the first of them is wanted."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        fresh = zip(new, self._encoder.encode(new), strict=True)
        for text in texts:
            while text not in self._known:
                done, encoded = next(fresh)
                self._known[done] = encoded
            yield self._known[text]


def remembering(index: Index) -> Index:
    """The same index, with an encoder that remembers."""
    encoder = RememberingEncoder(index.encoder)
    return Index(encoder, index.reader, index.similarities, index.listener, index.judges)
