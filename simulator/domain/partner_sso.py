"""The partner framework status that an app reports for Apple's single sign-on (CONTRACT 4.2, 7.5)."""

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any, Final

from .configuration import Mvpd

APPLE: Final = "apple"
_NOT_PRESENT: Final = "invalid_header_pfs_permission_access_not_present"


def status_problem(header: str | None, mvpd: Mvpd, mvpds: Iterable[Mvpd], now: int) -> str | None:
    """The first of the six codes that AP-Partner-Framework-Status earns for `mvpd`, or None."""
    status = _object(_decoded(header))
    access = _object(status.get("frameworkPermissionInfo")).get("accessStatus")
    if not isinstance(access, str) or not access:
        return _NOT_PRESENT
    if access == "notDetermined":
        return "invalid_header_pfs_permission_access_not_determined"
    if access != "granted":
        return "invalid_header_pfs_permission_access_not_granted"
    provider = _object(status.get("frameworkProviderInfo"))
    name = provider.get("id")
    mapped = {
        each.platform_mappings.get(APPLE): each.id for each in mvpds if each.platform_mappings
    }
    if not isinstance(name, str) or name not in mapped:
        return "invalid_header_pfs_provider_id_not_determined"
    if mvpd.platform_mappings.get(APPLE) != name:
        return "invalid_header_pfs_provider_id_mismatch"
    expires = provider.get("expirationDate")
    if expires is not None and not _later(expires, now):
        return "invalid_header_pfs_provider_info_expired"
    return None


def _decoded(header: str | None) -> object:
    try:
        return json.loads(base64.b64decode(header or "", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _later(expires: object, now: int) -> bool:
    try:
        return int(str(expires)) > now
    except ValueError:
        return False
