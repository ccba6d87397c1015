"""A walk through a JSON document that keeps only the object it is in."""

from collections.abc import Collection
from typing import Any


class Walk:
    """A walk through a document that keeps only the object it is in.

    Args:
        through: Keys of arrays whose objects are walked through too, and not kept whole.

    Attributes:
        depth: Brackets that are open.
        size: Values of the object that is being built.
        top: What the document says outside of its arrays, or None if it is no object.
    """

    def __init__(self, through: Collection[str] = ()) -> None:
        self.depth = 0
        self.size = 0
        self.top: dict[str, Any] | None = None
        self._through = through
        self._path: list[str | None] = []  # what is open outside of what is being built: an object's key, None an array
        self._builder: Any = None
        self._floor = 0

    def take(self, event: str, value: object) -> tuple[str, Any] | None:
        """Go one step on; give what stands in an array when it is whole, with the key of the array."""
        opens, closes = event in ("start_map", "start_array"), event in ("end_map", "end_array")
        self.depth += opens - closes
        if self._builder is not None:
            self._builder.event(event, value)
            self.size += 1
            if not (closes and self.depth == self._floor):
                return None
            built, self._builder = self._builder.value, None
            return self._key(), built
        return self._outside(event, value)

    def _outside(self, event: str, value: object) -> tuple[str, Any] | None:
        in_array = self._path[-1:] == [None]
        if in_array and event in ("start_map", "start_array") and self._key() not in self._through:
            from ijson import ObjectBuilder

            self._builder, self._floor, self.size = ObjectBuilder(), self.depth - 1, 0
            self._builder.event(event, value)
        elif event == "start_map":
            self.top = {} if self.top is None else self.top
            self._path.append("")
        elif event == "start_array":
            self._path.append(None)
        elif event in ("end_map", "end_array"):
            self._path.pop()
        elif event == "map_key":
            self._path[-1] = str(value)
        elif in_array:
            return self._key(), value
        elif self.top is not None and len(self._path) == 1:
            self.top[str(self._path[0])] = value
        return None

    def _key(self) -> str:
        return next((key for key in reversed(self._path) if key is not None), "")
