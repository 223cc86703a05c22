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


class UploadNotFoundError(NotFoundError):
    """No upload of the caller has this id: it was given up, is another's, or lay idle for a day."""

    code = "upload_unknown"


class UploadOffsetError(ConflictError):
    """The part does not begin where the upload stands."""

    code = "upload_offset"


class UploadBusyError(ConflictError):
    """Another request is writing to the upload."""

    code = "upload_busy"


class UploadDigestError(XinshuError):
    """What arrived is not what was sent: the digests differ."""

    code = "upload_digest"


class UploadIncompleteError(ConflictError):
    """The upload is to be finished before all of it has arrived."""

    code = "upload_incomplete"


class UploadsManyError(ConflictError):
    """The caller has as many unfinished uploads as one may have."""

    code = "upload_too_many"
