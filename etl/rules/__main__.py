"""The rule book as Markdown: `python -m etl.rules > docs/rules.md`."""

from collections.abc import Iterator, Mapping

from etl.rules import FileRule, Rule, conditions_of_kind, file_rules, read_rules
from etl.sources.canonical import ALL_KINDS

HEAD = """# Rules

Written by `python -m etl.rules`. A file is refused as a whole, a row is rejected, or a row is used with a remark. The
first rule that rejects a row names the reject. Conditions are in `etl/rules/*.toml`; each has an example that breaks it
in `tests/loads/test_rules.py`, and a file rule in `tests/loads/test_file_rules.py`.
"""
SECTIONS = (("reject", "A row is rejected"), ("warn", "A row is used, with a remark"))


def document_lines() -> Iterator[str]:
    """The document, line by line."""
    yield HEAD
    yield from _table_lines("A file is refused", file_rules())
    for severity, title in SECTIONS:
        yield from _table_lines(title, {name: rule for name, rule in read_rules().items() if rule.severity == severity})
    yield "## Where row rules are asked\n"
    yield "| rule | columns |"
    yield "|---|---|"
    for name in read_rules():
        asked = [
            f"`{kind.name}.{one.field or 'line'}`"
            for kind in ALL_KINDS
            for one in conditions_of_kind(kind.name)
            if one.rule == name
        ]
        yield f"| `{name}` | {', '.join(dict.fromkeys(asked)) or 'needs more than one row'} |"


def _table_lines(title: str, book: Mapping[str, Rule] | Mapping[str, FileRule]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| rule | what is wrong | what to do |"
    yield "|---|---|---|"
    for name, rule in book.items():
        yield f"| `{name}` | {rule.message} | {rule.remedy} |"
    yield ""


if __name__ == "__main__":
    print("\n".join(document_lines()))
