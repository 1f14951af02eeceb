"""For runs that learn anew from the same questions again and again: no text is encoded or compared twice."""

from collections.abc import Iterator, Sequence

from index.retrieval.encoder import Encoded, Encoder
from index.retrieval.similarity import Similarities, Table
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


class RememberingSimilarities(Similarities):
    """Gives the tables that `known` gives. A text must always come with the same vectors."""

    def __init__(self, known: Similarities) -> None:
        self.__dict__.update(vars(known))
        self._tables: dict[str, Table] = {}

    def table(self, text: str, encoded: Encoded) -> Table:
        if text not in self._tables:
            self._tables[text] = super().table(text, encoded)
        return self._tables[text]


def remembering(index: Index) -> Index:
    """The same index, with an encoder and similarities that remember."""
    encoder, similarities = RememberingEncoder(index.encoder), RememberingSimilarities(index.similarities)
    return Index(encoder, index.reader, similarities, index.listener, index.judges)
