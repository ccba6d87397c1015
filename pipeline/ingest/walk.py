"""A walk through a JSON document that keeps only the object it is in."""

from typing import Any


class Walk:
    """A walk through a document that keeps only the object it is in.

    Attributes:
        depth: Brackets that are open.
        size: Values of the object that is being built.
        top: What the document says outside of its arrays, or None if it is no object.
    """

    def __init__(self) -> None:
        self.depth = 0
        self.size = 0
        self.top: dict[str, Any] | None = None
        self._keys: list[str] = []  # of the objects that are open outside of what is being built
        self._arrays = 0  # that are open there
        self._builder: Any = None
        self._floor = 0

    def take(self, event: str, value: object) -> tuple[str, Any] | None:
        """Go one step on; give an item when it is whole, with the key of its array."""
        opens, closes = event in ("start_map", "start_array"), event in ("end_map", "end_array")
        self.depth += opens - closes
        if self._builder is not None:
            self._builder.event(event, value)
            self.size += 1
            if not (closes and self.depth == self._floor):
                return None
            built, self._builder = self._builder.value, None
            return (self._keys[-1] if self._keys else ""), built
        return self._outside(event, value)

    def _outside(self, event: str, value: object) -> tuple[str, Any] | None:
        if event == "start_map" and self._arrays:
            from ijson import ObjectBuilder

            self._builder, self._floor, self.size = ObjectBuilder(), self.depth - 1, 0
            self._builder.event(event, value)
        elif event == "start_map":
            self.top = {} if self.top is None else self.top
            self._keys.append("")
        elif event == "map_key":
            self._keys[-1] = str(value)
        elif event == "end_map":
            self._keys.pop()
        elif event in ("start_array", "end_array"):
            self._arrays += 1 if event == "start_array" else -1
        elif self._arrays and not self._keys:
            return "", value
        elif self.top is not None and len(self._keys) == 1 and not self._arrays:
            self.top[self._keys[0]] = value
        return None
