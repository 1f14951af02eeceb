"""python -m index build | verify | outline | suggest | fit"""

import argparse
import sys

from corpus import CorpusError, Passage, read_documents, read_examples
from corpus.suggest import suggest
from index import build
from index.errors import IndexProblem


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m index",
        description="Builds and checks what the bot looks things up in.",
        epilog="exit codes: 0 done; 1 what is wrong is said in one line, or by name; 2 wrong arguments",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("build", help="build the index from the documents and the example questions")
    commands.add_parser("verify", help="check every digest and passage; exit 1 naming what differs")
    commands.add_parser("outline", help="print the map of the documents: sections, passages, roles, offsets")
    commands.add_parser("suggest", help="list the passages and topics that no example question speaks of yet")
    commands.add_parser("fit", help="learn the judge's general weights anew from corpus/general/documents")
    asked = parser.parse_args(arguments)
    try:
        return {"build": _build, "verify": _verify, "outline": _outline, "suggest": _suggest, "fit": _fit}[
            asked.command
        ]()
    except (CorpusError, IndexProblem) as e:
        print(f"error: {e}", file=sys.stderr)
        return 1


def _build() -> int:
    build.build()
    return 0


def _verify() -> int:
    wrong = build.verify()
    for line in wrong:
        print(line, file=sys.stderr)
    if not wrong:
        print(f"{build.BUILT}: matches its documents, example questions, encoder and code.")
    return 1 if wrong else 0


def _fit() -> int:
    from index.fit import fit  # takes part in nothing else

    fit()
    return 0


def _outline() -> int:
    for document in read_documents(build.CORPUS / "documents"):
        print(f"{document.name}  {document.title}  sha256 {document.sha256}")
        for section in document.sections:
            print(f"  {' › '.join(heading.shown for heading in section.headings)}")
            for p in section.passages:
                print(f"    {p.span.start:6d} {p.span.end:6d}  {p.role:10s}  {_preview(p)}")
    return 0


def _suggest() -> int:
    documents = read_documents(build.CORPUS / "documents")
    examples = read_examples(documents, build.CORPUS / "questions")
    for document in documents:
        found = suggest(document, examples)
        print(f"{document.name}: {found.examples} example questions in questions/{document.stem}.jsonl")
        print(f"  Passages that answer none of them ({len(found.passages)}); one line for each comes first:")
        for p in found.passages:
            print(f"    {' › '.join(heading.shown for heading in p.headings)}: {_preview(p)}")
        print(f"  Topics that none of them is refused for ({len(found.topics)}): {', '.join(found.topics) or 'none'}")
    return 0


def _preview(passage: Passage) -> str:
    text = " ".join(passage.text.split())
    return f"{text[:72]}{'…' if text[72:] else ''}"


if __name__ == "__main__":
    sys.exit(main())
