"""Thrift's compact protocol, as far as the footer of a Parquet file needs it: bytes as plain values, and back.

A struct is a dict of its fields by their numbers, each with the code of its type; what they mean need not be known.
Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from typing import IO, Any, Final, TypeAlias

Field: TypeAlias = tuple[int, Any]
Struct: TypeAlias = dict[int, Field]

_BYTE, _I16, _I32, _I64, _BINARY, _LIST, _STRUCT = 3, 4, 5, 6, 8, 9, 12
_TRUTH: Final = (1, 2)
"""True and false, of fields; in lists, which no footer has of them, they would be bytes."""
_WHOLE: Final = (_I16, _I32, _I64)
_SHORT: Final = 15
"""Steps between the numbers of fields, and lengths of lists but this one, that stand beside the code of a type."""


def read(stream: IO[bytes]) -> Struct:
    """Read a struct.

    Args:
        stream: Of bytes.

    Returns:
        The fields in their order. An integer is one; a list is the code of its elements' type, and they; a truth value
        is told by its code alone.

    Raises:
        ValueError: If a type is met that no footer has.
    """
    fields: Struct = {}
    number = 0
    while head := stream.read(1)[0]:
        step, kind = divmod(head, 16)
        number = number + step if step else _integer(stream)
        fields[number] = kind, None if kind in _TRUTH else _value(stream, kind)
    return fields


def write(struct: Struct) -> bytes:
    """Write a struct.

    Args:
        struct: As ``read`` gives it; a struct within it may be its bytes already.

    Returns:
        Its bytes.
    """
    out, before = bytearray(), 0
    for number, (kind, value) in struct.items():
        step = number - before
        out += bytes([step * 16 + kind]) if 0 < step <= _SHORT else bytes([kind]) + _zigzag(number)
        out += _bytes(kind, value)
        before = number
    return bytes(out) + b"\0"


def _value(stream: IO[bytes], kind: int) -> object:
    if kind in _WHOLE:
        return _integer(stream)
    if kind == _BINARY:
        return stream.read(_natural(stream))
    if kind == _LIST:
        size, of = divmod(stream.read(1)[0], 16)
        return of, [_value(stream, of) for _ in range(_natural(stream) if size == _SHORT else size)]
    if kind == _STRUCT:
        return read(stream)
    if kind == _BYTE:
        return stream.read(1)
    msg = f"a value of type {kind} in a footer"
    raise ValueError(msg)


def _bytes(kind: int, value: Any) -> bytes:  # noqa: ANN401 - any that `_value` gives
    if kind in _WHOLE:
        return _zigzag(value)
    if kind == _BINARY:
        return _varint(len(value)) + bytes(value)
    if kind == _LIST:
        of, values = value
        short = len(values) < _SHORT
        head = bytes([len(values) * 16 + of]) if short else bytes([_SHORT * 16 + of]) + _varint(len(values))
        return head + b"".join(_bytes(of, each) for each in values)
    if kind == _STRUCT and not isinstance(value, bytes):
        return write(value)
    return value or b""


def _natural(stream: IO[bytes]) -> int:
    """Read a number of seven bits a byte, the last ones first; all bytes but the last have the eighth bit."""
    number = shift = 0
    while (byte := stream.read(1)[0]) & 0x80:
        number |= (byte & 0x7F) << shift
        shift += 7
    return number | byte << shift


def _integer(stream: IO[bytes]) -> int:
    """Read a number whose last bit is its sign."""
    number = _natural(stream)
    return number >> 1 ^ -(number & 1)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _zigzag(number: int) -> bytes:
    return _varint(number << 1 if number >= 0 else ~number << 1 | 1)
