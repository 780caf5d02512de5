"""A throw-away Kerberos realm, by MIT's own programs, without privileges and on loopback only."""

from rehearsal.kdc.realm import (
    ACCOUNT,
    FOLDER,
    REALM,
    Realm,
    RealmFailed,
    missing,
    principals,
    running,
    unproved,
)

__all__ = [
    "ACCOUNT",
    "FOLDER",
    "REALM",
    "Realm",
    "RealmFailed",
    "missing",
    "principals",
    "running",
    "unproved",
]
