"""How many threads compute, where answering and building want different things."""

from threadpoolctl import threadpool_limits


def one_question_at_a_time() -> None:
    """Products over one question are too small to share out: threads that wait for one another cost more than
    they save (with two busy cores a question takes 40 ms instead of 6), and questions run side by side
    anyway. The encoder has threads of its own. A build wants them all, so only what answers calls this, once
    the libraries that it sets are loaded."""
    threadpool_limits(limits=1)
