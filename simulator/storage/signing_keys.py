"""The signing keys of the instance, one for each purpose."""

from typing import Final, NamedTuple

from sqlalchemy import Connection, insert, select

from .statements import Prepared
from .tables import signing_key


class SigningKey(NamedTuple):
    """A key as it is kept: its PEM, that of its certificate if any, and when it was made (epoch ms)."""

    purpose: str
    kid: str
    private_pem: str
    certificate_pem: str | None
    created: int


def find(connection: Connection, purpose: str) -> SigningKey | None:
    """The key for `purpose`, or None."""
    columns = (signing_key.c[name] for name in SigningKey._fields)
    row = connection.execute(select(*columns).where(signing_key.c.purpose == purpose)).first()
    return None if row is None else SigningKey(*row)


_LOCK: Final = Prepared(
    select(signing_key.c.purpose).order_by(signing_key.c.purpose).limit(1).with_for_update()
)


def lock(connection: Connection) -> None:
    """Wait for all other transactions that have called this; they are what all instances share."""
    _LOCK.rows(connection, {})


def add(connection: Connection, key: SigningKey) -> None:
    """Keep `key`, whose purpose must have none yet."""
    connection.execute(insert(signing_key), key._asdict())
