"""What can be wrong with the encoder or with what was built."""

from zipfile import BadZipFile

DAMAGED = (OSError, ValueError, KeyError, EOFError, BadZipFile)  # what reading a file of arrays raises


class IndexProblem(RuntimeError):
    """Base of this room's errors; its message is one sentence for a person."""


class EncoderError(IndexProblem):
    """The encoder's weights are missing, or are not the published ones."""


class StaleIndexError(IndexProblem):
    """What was built does not belong to the files it was built from. The message names what differs."""


class StorageError(IndexProblem):
    """The folder of the index cannot be used: it is somebody else's, full, or not writable."""
