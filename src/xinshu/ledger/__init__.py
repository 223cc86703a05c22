"""Level 1: tamper-evident evidence of inquiries, consents, batches and administrative acts.

An append-only Merkle log (RFC 9162). Others write with `Ledger.append` (durable when it returns, so before an answer is
given) or `with_change` (in the transaction of a change), and read with `Ledger`; `receipts.verify` works offline.
"""

from xinshu.ledger.log import AlreadyRecordedError, Detail, Log, with_change
from xinshu.ledger.model import Entry, Leaf, LeafUnknownError, LedgerBrokenError, LedgerUnavailableError
from xinshu.ledger.service import Ledger

__all__ = [
    "AlreadyRecordedError", "Detail", "Entry", "Leaf", "LeafUnknownError", "Ledger", "LedgerBrokenError",
    "LedgerUnavailableError", "Log", "with_change",
]  # fmt: skip
