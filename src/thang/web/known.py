"""Word in the shop's folder of who holds it, for verbs that find its derived tables taken."""

from __future__ import annotations

from thang.running import Note, leave_note, take_note_away
from thang.web.office import Office

OWN_KEY = "thang on this machine"


def make_known(office: Office, address: str) -> None:
    """Leave the address and a new key to read with; keys of earlier starts end."""
    keys, now = office.desk.keys, office.now()
    for old in keys.all():
        if old.name == OWN_KEY and not old.revoked_at:
            keys.revoke(old.id, now)
    _, secret = keys.create(OWN_KEY, ("read", "export"), "", now)
    leave_note(office.shop.folder.path, Note(address, secret))


def forget(office: Office) -> None:
    """Nobody holds the shop any more."""
    take_note_away(office.shop.folder.path)
