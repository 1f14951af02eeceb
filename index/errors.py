"""What can be wrong with what was built or with the encoder."""


class IndexError_(RuntimeError):
    """Base of the room's errors; the command line turns them into one line."""


class EncoderError(IndexError_):
    """The encoder's weights are missing, or are not the published ones."""


class StaleIndexError(IndexError_):
    """The built index does not belong to the files it stands beside. The message names what differs."""
