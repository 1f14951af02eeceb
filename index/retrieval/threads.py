"""How many threads compute, where answering and building want different things."""

import os

import onnxruntime  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits


def one_question_at_a_time() -> None:
    """Products over one question are too small to share out: threads that wait for one another cost more than
    they save (with two busy cores a question takes 40 ms instead of 6), and questions run side by side
    anyway. Graphs have threads of their own. A build wants them all, so only what answers calls this, once
    the libraries that it sets are loaded."""
    threadpool_limits(limits=1)


def session(graph: bytes, threads: int = 0) -> onnxruntime.InferenceSession:
    """`graph`, ready to run, in as many threads as there are cores (0) or fewer. Raises what onnxruntime raises, errors
    of no common kind."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or _cores()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads spin within a run, where waking them takes a third of it; behind it they leave the cores to the rest.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _cores() -> int:
    """Cores that this process may use, not those that the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
