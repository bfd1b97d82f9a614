"""Is the audit trail whole, and do evidence folders and tables still say what it says?

The chain alone shows a changed row. A whole chain that someone has made anew is shown by the anchors: number
and hash of the trail's last row stand in the manifest of each run's evidence, and that manifest's hash in the
trail.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gevinst.app.ports import RunStore, TableFault
from gevinst.domain.audit import AuditAnchor, AuditFault, AuditRow, verify

RUN_ENDED = "run.end"
MANIFEST = "manifest"


@dataclass(frozen=True, kw_only=True)
class SealSeen:
    """The seal of an evidence folder, as it is there."""

    folder: str  #: as a message may name it
    run_id: str
    manifest: str  #: SHA-256 of manifest.json, hex
    anchor: AuditAnchor | None  #: None in folders that were sealed without one


@dataclass(frozen=True, kw_only=True)
class TrailCheck:
    """What is wrong with the trail, and what differs from it."""

    rows: int
    seals: int  #: evidence folders that were compared
    chain: Sequence[AuditFault] = ()
    anchors: Sequence[SealSeen] = ()  #: folders whose anchor is not in the trail: it was rewritten or cut
    manifests: Sequence[SealSeen] = ()  #: folders with another manifest than the run had when it ended
    gone: Sequence[str] = ()  #: runs whose evidence should be here and is not
    keys: Sequence[str] = ()  #: fingerprints of public keys that the trail has never seen
    tables: Sequence[TableFault] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        parts = (self.chain, self.anchors, self.manifests, self.gone, self.keys, self.tables)
        return not any(parts)


def check_trail(store: RunStore, seals: Iterable[SealSeen], keys: Iterable[str], key_act: str) -> TrailCheck:
    """Check the chain, and hold against it the seals at hand, the public keys and the tables.

    Args:
        store: with the trail.
        seals: of the evidence folders at hand.
        keys: fingerprints of the public keys that the office trusts.
        key_act: the act by which the trail notes a key.
    """
    rows = list(store.audit_rows())
    seen = list(seals)
    hashes = {row.number: row.hash for row in rows}
    ended = manifests_of(rows)
    known_keys = {row.subject for row in rows if row.what == key_act}
    at_hand = {seal.run_id for seal in seen}
    return TrailCheck(
        rows=len(rows),
        seals=len(seen),
        chain=verify(rows),
        anchors=[one for one in seen if one.anchor and hashes.get(one.anchor.number) != one.anchor.hash],
        manifests=[one for one in seen if ended.get(one.run_id, one.manifest) != one.manifest],
        gone=[run_id for run_id in ended if run_id not in at_hand and _has_folder(store, run_id)],
        keys=sorted(set(keys) - known_keys),
        tables=store.table_faults(),
    )


def manifests_of(rows: Iterable[AuditRow]) -> Mapping[str, str]:
    """The manifest's hash of each sealed run, as the trail last noted it."""
    return {
        row.subject: str(row.detail[MANIFEST])
        for row in rows
        if row.what == RUN_ENDED and MANIFEST in row.detail
    }


def _has_folder(store: RunStore, run_id: str) -> bool:
    """Whether the run's evidence is in the office: plain `robot` leaves it where its starter chose."""
    run = store.find(run_id)
    return run is None or bool(run.folder)
