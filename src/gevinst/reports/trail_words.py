"""What is wrong with the audit trail, in sentences."""

from collections.abc import Iterator

from gevinst.app.trail_check import TrailCheck
from gevinst.texts import Texts


def fault_sentences(found: TrailCheck, texts: Texts) -> list[str]:
    """One sentence for each fault; none when the trail is whole."""
    return list(_sentences(found, texts))


def _sentences(found: TrailCheck, texts: Texts) -> Iterator[str]:
    for fault in found.chain:
        yield texts.get(f"cli.audit.{fault.kind}", number=fault.number, last=fault.last)
    for seal in found.anchors:
        number = seal.anchor.number if seal.anchor else 0
        yield texts.get("cli.audit.anchor", number=number, folder=seal.folder)
    for seal in found.manifests:
        yield texts.get("cli.audit.manifest", run=seal.run_id, folder=seal.folder)
    for run_id in found.gone:
        yield texts.get("cli.audit.gone", run=run_id)
    for key in found.keys:
        yield texts.get("cli.audit.key", fingerprint=key)
    for one in found.tables:
        yield texts.get(f"cli.audit.table_{one.kind}", table=one.table, row=one.key)
