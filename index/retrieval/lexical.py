"""BM25 over the passages, through bm25s and the Snowball stemmers."""

from collections.abc import Sequence

import numpy as np
import Stemmer

LANGUAGES = {"en": "english", "fr": "french", "de": "german", "es": "spanish", "it": "italian", "pt": "portuguese"}


class Lexical:
    """Scores in [0, inf), one a passage; 0 for a question that shares no word with any."""

    def __init__(self, texts: Sequence[str], language: str = "en") -> None:
        import bm25s  # brings scipy, and only a collection of many documents needs it

        self._tokenize = bm25s.tokenize
        self._stem = Stemmer.Stemmer(LANGUAGES.get(language, "english"))
        self._stopwords = language if language in ("en", "fr", "de", "es", "it", "pt") else "en"
        self._bm25 = bm25s.BM25()
        self._bm25.index(self._words(texts), show_progress=False)
        self._known = set(self._bm25.vocab_dict)

    def scores(self, question: str) -> np.ndarray:
        words = [word for word in self._words([question])[0] if word in self._known]
        return self._bm25.get_scores(words) if words else np.zeros(self._bm25.scores["num_docs"], np.float32)

    def _words(self, texts: Sequence[str]) -> list[list[str]]:
        found: list[list[str]] = self._tokenize(
            list(texts), stopwords=self._stopwords, stemmer=self._stem, return_ids=False, show_progress=False
        )
        return found
