"""Deterministic CBOR (RFC 8949 section 4.2.1) of maps, arrays, integers, text and byte strings, read strictly."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import cbor2

from cardservice.credential.reasons import CredentialError, Reason

MAX_DEPTH = 8


class _TagFound(Exception):
    pass


def _refuse_tag(*_: Any) -> NoReturn:
    raise _TagFound


class _NoTags(Mapping[int, Callable[..., Any]]):
    """Answers for every tag number, so that none of the library's decoders (dates, regexes, fractions) ever runs."""

    def __getitem__(self, tag: int) -> Callable[..., Any]:
        return _refuse_tag

    def __iter__(self) -> Iterator[int]:
        return iter(())

    def __len__(self) -> int:
        return 1


_NO_TAGS = _NoTags()


def dumps(value: Any) -> bytes:
    """The one deterministic encoding of `value`."""
    return cbor2.dumps(_sorted(value))


def loads(octets: bytes) -> Any:
    """The value whose deterministic encoding is exactly `octets`.

    Raises CredentialError: unsupported for tags, floats and simple values; malformed for everything else that is not
    such an encoding (trailing bytes, duplicate or unsorted keys, indefinite lengths, longer forms, deeper than 8).
    """
    with _own_errors():
        value = cbor2.loads(
            octets,
            semantic_decoders=_NO_TAGS,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            max_depth=MAX_DEPTH,
        )
        _check(value)
        # Trailing bytes and longer forms of a length or integer do not survive this round.
        same = cbor2.dumps(value) == octets
    if not same:
        raise CredentialError(Reason.MALFORMED)
    return value


def loads_loosely(octets: bytes, *, max_depth: int) -> Any:
    """What a stranger encoded: keys in any order, any length form, floats and simple values too.

    Bytes behind the item are ignored. Raises CredentialError: unsupported for tags, malformed for what is no CBOR, has
    a key twice or is deeper than `max_depth`.
    """
    with _own_errors():
        return cbor2.loads(octets, semantic_decoders=_NO_TAGS, allow_duplicate_keys=False, max_depth=max_depth)


@contextmanager
def _own_errors() -> Iterator[None]:
    try:
        yield
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        tagged = isinstance(error.__cause__, _TagFound)
        raise CredentialError(Reason.UNSUPPORTED if tagged else Reason.MALFORMED) from None


def _check(value: Any) -> None:
    """Raises CredentialError when a map is unsorted or something is neither map, array, integer, text nor bytes."""
    kind = type(value)
    if kind is dict:
        before = -1
        for key, member in value.items():
            rank = _rank(key)
            if rank <= before:
                raise CredentialError(Reason.MALFORMED)
            before = rank
            if type(member) not in _PLAIN:
                _check(member)
    elif kind is list:
        for member in value:
            if type(member) not in _PLAIN:
                _check(member)
    elif kind not in _PLAIN:
        raise CredentialError(Reason.UNSUPPORTED)


_PLAIN = frozenset({int, str, bytes})


def _rank(key: Any) -> int:
    """A number that grows as the encodings of keys do bytewise: integers, negative ones, text by length and content."""
    if type(key) is int:
        return key if key >= 0 else 2**64 - key
    octets = key.encode() if type(key) is str else b""
    if type(key) is not str or len(octets) > _MAX_KEY:
        raise CredentialError(Reason.UNSUPPORTED)
    return (len(octets) + 1 << 8 * _MAX_KEY) + int.from_bytes(octets)


_MAX_KEY = 64
"""Bytes of text in a key of a map; ours have eleven at most."""


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value, key=_rank)}
    if isinstance(value, list):
        return [_sorted(member) for member in value]
    return value
