"""python app.py: the page, wired and launched."""

import argparse
import os
import sys
from pathlib import Path

ENVIRONMENT = """settings from the environment (an option wins over its variable):
  CHATBOT_HOST              address to listen on (default 127.0.0.1; 0.0.0.0 on a Space)
  CHATBOT_PORT              port to listen on (default 7860)
  CHATBOT_EMBED_ORIGINS     origins that may show the page in a frame, parted by blanks
                            (default none; huggingface.co on a Space)
  CHATBOT_RATE              requests that one address may send (default 60/minute)
  CHATBOT_PROXIES           trusted proxies in front, which add to X-Forwarded-For (default 0; 1 on a Space)
  CHATBOT_HOSTS             names that this server goes by, parted by blanks (default: any is answered)
  CHATBOT_VOTES             file to keep the two counts of votes in (default none: in memory)
  CHATBOT_EMERGENCY_NUMBER  the local emergency number (default 911)
  CHATBOT_CRISIS_NUMBER     the local crisis line (default 988)
  CHATBOT_POISON_NUMBER     the local poison centre (default 1-844-764-7669 beside 911, else none)
  CHATBOT_CORPUS, CHATBOT_INDEX, CHATBOT_ENCODER
                            folders of the documents, of the index and of another encoder

exit codes: 0 ended by Ctrl+C, 1 cannot start (port, corpus, index), 2 a wrong option or setting
"""


def parser() -> argparse.ArgumentParser:
    """Options; their defaults come from the environment."""
    space = os.environ.get("SYSTEM") == "spaces"
    env = os.environ.get
    options = argparse.ArgumentParser(
        prog="python app.py",
        description="Serves the page that answers with passages of the documents, word for word.",
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    host = env("CHATBOT_HOST") or ("0.0.0.0" if space else "127.0.0.1")
    options.add_argument("--host", default=host, help="address to listen on (default %(default)s)")
    options.add_argument(
        "--port", type=int, default=env("CHATBOT_PORT") or 7860, help="port to listen on (default %(default)s)"
    )
    options.add_argument(
        "--embed-on", action="append", metavar="ORIGIN", help="allow this origin to embed the page; repeatable"
    )
    rate, proxies = env("CHATBOT_RATE") or "60/minute", env("CHATBOT_PROXIES") or int(space)
    options.add_argument(
        "--rate", default=rate, metavar="N/UNIT", help="questions that one address may send (default %(default)s)"
    )
    options.add_argument(
        "--proxies", type=int, default=proxies, metavar="N",
        help="trusted proxies in front, which add to X-Forwarded-For (default %(default)s)",
    )  # fmt: skip
    options.add_argument("--known-as", action="append", metavar="HOST", help="answer to this name only; repeatable")
    options.add_argument(
        "--votes", type=Path, default=env("CHATBOT_VOTES") or None, metavar="FILE",
        help="keep the two counts of votes there (default: in memory)",
    )  # fmt: skip
    return options


def main(arguments: list[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    from bot.web.settings import Settings, free_port  # imports follow --help, which should not wait for them

    on_space = ("https://huggingface.co",) if os.environ.get("SYSTEM") == "spaces" else ()
    origins = asked.embed_on or os.environ.get("CHATBOT_EMBED_ORIGINS", "").split() or on_space
    try:
        hosts = asked.known_as or os.environ.get("CHATBOT_HOSTS", "").split()
        settings = Settings(tuple(origins), asked.rate, asked.proxies, asked.votes, tuple(hosts))
    except ValueError as e:
        print(f"error: {e}", file=sys.stderr)
        return 2
    from bot.web.coming import Coming
    from corpus import CorpusError, read_documents
    from index import build
    from index.errors import IndexProblem
    from index.retrieval.threads import one_question_at_a_time

    try:
        free_port(asked.host.strip("[]"), asked.port)  # said before the index is built, which takes longer
        documents = read_documents(build.CORPUS / "documents")
        index = Coming(documents, build.load)
        from bot.web.coverage import known_questions  # Gradio takes longer than the index, which comes meanwhile
        from bot.web.launch import served
        from bot.web.server import at_rest

        examples = known_questions(documents, build.CORPUS)
        _, address = served(index, examples, settings, asked.host, asked.port)
        print(f"The page is at {address} (Ctrl+C ends it).", flush=True)
        index.within()  # raises what its building raised
        one_question_at_a_time()
        at_rest()
        wait()
    except (CorpusError, IndexProblem, OSError) as e:
        print(f"error: {e}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Ended.")
    return 0


def wait() -> None:
    import threading

    threading.Event().wait()


if __name__ == "__main__":
    sys.exit(main())
