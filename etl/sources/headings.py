"""Which columns of a delivered table a mapping means: by heading, and where headings repeat, by what stands around."""

from dataclasses import dataclass

from data.errors import FileRefused
from etl.readers import Extract, column_letter, plain_heading
from etl.sources.language.cells import Heading


@dataclass(frozen=True)
class Columns:
    """The headings of one table."""

    extract: Extract
    where: str

    def places(self, heading: Heading) -> list[int]:
        """The columns meant, in the order of preference.

        `FileRefused` when there is none and the mapping does not call it optional, or when several have the name.
        """
        found = [place for name in heading.column for place in self._places_of(name, heading)]
        if not found and not heading.optional:
            raise FileRefused(
                self._line,
                f"missing column {' or '.join(heading.column)}",
                "Add it to the file, or say optional = true in the source's TOML",
            )
        return found

    def field(self, place: int) -> str:
        """How a column is named in reports."""
        group = self.extract.groups[place] if self.extract.groups else ""
        name = self.extract.header[place].strip() or f"{column_letter(place)} (no heading)"
        return f"{group.strip()} / {name}" if group.strip() else name

    @property
    def _line(self) -> str:
        return f"{self.where}, line {self.extract.header_line}"

    def _places_of(self, name: str, heading: Heading) -> list[int]:
        groups = self.extract.groups
        places = [
            place for place, written in enumerate(self.extract.header) if plain_heading(written) == plain_heading(name)
        ]
        if heading.group is not None:
            places = [
                place for place in places if groups and plain_heading(groups[place]) == plain_heading(heading.group)
            ]
        if heading.after is not None:
            before = [
                place
                for place, written in enumerate(self.extract.header)
                if plain_heading(written) == plain_heading(heading.after)
            ]
            places = [place for place in places if before and place > before[0]][:1]
        if heading.number is not None:
            places = places[heading.number - 1 : heading.number]
        if len(places) > 1:
            raise FileRefused(
                f"{self._line}, column {name}",
                f"the column appears {len(places)} times",
                "Say which one in the source's TOML: group, after, or number",
            )
        return places
