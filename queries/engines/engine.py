"""What every engine can do."""

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow as pa


class Engine(Protocol):
    """Something that runs the SQL of this product."""

    def table(self, sql: str, parameters: dict[str, Any] | None = None) -> "pa.Table":
        """All rows of one select, in no order; `parameters` are values for its $names."""
        ...
