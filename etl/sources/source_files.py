"""Whether a file is one of a source, and of which of its shapes."""

from etl.readers import ENOUGH_HEADINGS, Extract, plain_heading
from etl.readers.delimited import csv
from etl.readers.registry import has_companion, read_tables, reader_of
from etl.readers.registry import is_companion as reader_knows_companion
from etl.sources import Source, canonical_files
from etl.sources.language.cells import as_pattern
from etl.sources.language.model import FileMapping


def _fits_mapping(mapping: FileMapping, name: str, content: bytes) -> bool:
    share = reader_of(mapping.reader).share_found(content, mapping.reader, mapping.wanted)
    return mapping.takes_file(name) and share >= ENOUGH_HEADINGS


def has_companions(source: Source) -> bool:
    """Whether files of this source need another file that says what their codes mean."""
    return any(has_companion(mapping.reader) for mapping in source.file)


def is_companion(source: Source, content: bytes) -> bool:
    """Whether this file only says what the codes of others mean."""
    return any(reader_knows_companion(mapping.reader, content) for mapping in source.file)


def tables_of(
    source: Source, name: str, content: bytes, companion: bytes | None = None
) -> list[tuple[FileMapping, Extract]]:
    """The tables of a file with the shape that each has; the best one where several shapes fit a sheet."""
    found: dict[str | None, tuple[float, FileMapping, Extract]] = {}
    for mapping in source.file:
        if not _fits_mapping(mapping, name, content):
            continue
        for extract in read_tables(mapping.reader, content, name, mapping.wanted, companion):
            share = mapping.wanted.share(plain_heading(heading) for heading in extract.header)
            if mapping.takes_sheet(extract.sheet) and share > found.get(extract.sheet, (0.0,))[0]:
                found[extract.sheet] = (share, mapping, extract)
    return [(mapping, extract) for _, mapping, extract in found.values()]


def is_other_table(source: Source, content: bytes) -> bool:
    """Whether a file is a table of the same system that holds nothing for us."""
    header = csv.read_header(content, "", ",") if source.other_tables and not content.startswith(b"PK") else ()
    patterns = [as_pattern(one) for one in source.other_tables]
    return any(pattern.fullmatch(plain_heading(name)) for pattern in patterns for name in header)


def takes_file(source: Source, name: str, content: bytes) -> bool:
    """Whether this source has anything to say about a file."""
    if source.is_canonical and canonical_files.is_workbook(content):
        return canonical_files.shares_headings(content, name)
    if source.is_canonical:
        return canonical_files.recognise_canonical(content, name) is not None
    return any(_fits_mapping(mapping, name, content) for mapping in source.file)
