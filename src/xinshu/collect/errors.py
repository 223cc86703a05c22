"""Faults of a batch as a whole. Faults of a row are reasons, never exceptions."""

from __future__ import annotations

from xinshu.core.errors import ConflictError, NotFoundError, UnavailableError, XinshuError


class BatchNotFoundError(NotFoundError):
    """No batch has this number."""

    code = "batch_unknown"


class BatchNumberReusedError(ConflictError):
    """The provider's batch number was used for another file."""

    code = "batch_number_reused"


class FileKnownError(ConflictError):
    """The same file was handed in by another member under the same provider code."""

    code = "file_known"


class BatchStateError(ConflictError):
    """The batch is not in a state that allows the act."""

    code = "batch_state"


class BatchBusyError(ConflictError):
    """Another worker has the batch in hand."""

    code = "batch_busy"


class CorrectionMismatchError(ConflictError):
    """The batch to be corrected is another provider's or another item's, or the file was not sent as its correction."""

    code = "correction_mismatch"


class FutureBatchError(XinshuError):
    """The batch says that its data are of a day to come."""

    code = "batch_in_future"


class KeysDestroyedError(UnavailableError):
    """Data keys were destroyed between the sealing of a batch and its publication: it is to be sealed anew."""

    code = "keys_destroyed_meanwhile"


class SubmissionError(XinshuError):
    """What came with the file is not usable."""

    code = "submission_invalid"


class SealedRowsError(XinshuError):
    """Rows set aside hold personal-sensitive information: only who sent them may have them back."""

    status = 403
    code = "rows_sealed"


class ProviderUnknownError(NotFoundError):
    """No member provides data under this code."""

    code = "provider_unknown"


class ProviderOfflineError(ConflictError):
    """The provider is a member, but not online."""

    code = "provider_offline"
