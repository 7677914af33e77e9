"""What the worker and its reading child say to each other, over the child's stdin and stdout.

A question is `bytes of the body, bytes of the name` (two big-endian 32-bit numbers), body, name; an answer is its length
and JSON.  JSON and not pickle: who breaks a parser must not get the worker with it.
"""

import struct
from typing import Final

import orjson

from cleaning.documents.document import Document, Note, Table

QUESTION: Final = struct.Struct(">II")
ANSWER: Final = struct.Struct(">I")


def question(body: bytes, name: str) -> bytes:
    """What is sent to the child."""
    spelled = name.encode("utf-8", "replace")
    return QUESTION.pack(len(body), len(spelled)) + body + spelled


def answer(document: Document) -> bytes:
    """What the child sends back."""
    said = orjson.dumps(
        {
            "kind": document.kind,
            "text": document.text.encode("utf-8", "replace").decode(),
            "tables": [[table.headers, table.rows] for table in document.tables],
            "pages": document.pages,
            "note": document.note,
            "detail": document.detail.encode("utf-8", "replace").decode(),
        }
    )
    return ANSWER.pack(len(said)) + said


def answered(said: bytes) -> Document:
    """The document in an answer (without its length).  Raises ValueError for what is no answer."""
    fields = orjson.loads(said)
    try:
        tables = tuple(Table(tuple(map(str, headers)), int(rows)) for headers, rows in fields["tables"])
        return Document(
            str(fields["kind"]),
            str(fields["text"]),
            tables,
            int(fields["pages"]),
            Note(fields["note"]),
            fields["detail"],
        )
    except (KeyError, TypeError) as error:
        message = f"the reading child answered without {error}"
        raise ValueError(message) from error
