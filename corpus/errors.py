"""What can be wrong with the files of the corpus. Each message names file, value and expectation."""


class CorpusError(ValueError):
    """A document, sidecar or question file cannot be used as it stands."""
