"""An attachment's text in the reading of its bytes."""

from dataclasses import replace

from cleaning.documents.document import MAX_HEADERS, Document
from cleaning.fingerprints import number_hash, prints
from cleaning.language import language_of
from cleaning.page import Reading


def with_document(reading: Reading, document: Document) -> Reading:
    """The reading with what the attachment says.  `text_hash` stays that of the bytes: equal files are copies."""
    found = prints(document.text)
    headers = [header for table in document.tables for header in table.headers]
    return replace(
        reading,
        attachment=document.kind,
        note=str(document.note),
        title=document.title,
        text=document.text,
        visible=document.text,
        language=language_of(document.text),
        table_headers=tuple(headers[:MAX_HEADERS]),
        table_rows=sum(table.rows for table in document.tables),
        simhash=found.simhash,
        sketch=found.sketch,
        number_hash=number_hash(document.text),
    )
