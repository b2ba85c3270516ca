"""JSON that says one thing only: UTF-8, an object, and no member of it given twice."""

import msgspec

from cds_service.errors import ClientMistakeError


class _Key:
    """A member name that equals no other, so that a name given twice stays visible."""

    def __init__(self, name: str) -> None:
        self.name = name


def _as_key(_kind: type, name: str) -> _Key:
    return _Key(name)


_OBJECT = msgspec.json.Decoder(dict[_Key, msgspec.Raw], dec_hook=_as_key)


def body_members(body: bytes) -> dict[str, msgspec.Raw]:
    """The members of a whole body, still undecoded; raises ClientMistakeError."""
    if not body.strip():
        raise ClientMistakeError("no-body")
    try:
        body.decode("utf-8")
        return members(body)
    except msgspec.ValidationError:
        raise ClientMistakeError("not-object") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ClientMistakeError("not-json") from None


def members(value: bytes | msgspec.Raw, where: str = "") -> dict[str, msgspec.Raw]:
    """The members of an object; a name given twice is refused (ruling 58).

    Raises msgspec.DecodeError where it is none.
    """
    pairs = _OBJECT.decode(value)
    found = {key.name: raw for key, raw in pairs.items()}
    if len(found) < len(pairs):
        raise ClientMistakeError("twice", where)
    return found


def is_object(value: msgspec.Raw) -> bool:
    """Whether undecoded JSON is an object."""
    return bytes(value).lstrip().startswith(b"{")
