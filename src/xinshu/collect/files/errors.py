"""Faults of a file as a whole: each says what happened, where, and what the provider can do."""

from __future__ import annotations

from xinshu.core.errors import XinshuError


class SourceFileError(XinshuError):
    """Base: the file cannot be read; no row of it is published."""

    status = 422
    code = "file_invalid"


class EmptyFileError(SourceFileError):
    """The file has no byte, or no header row."""

    code = "file_empty"


class EncodingError(SourceFileError):
    """A byte sequence does not belong to the file's encoding; details: encoding, offset, line."""

    code = "file_encoding"


class HeaderError(SourceFileError):
    """The header cannot name the columns: an empty name, too many columns, too long a line."""

    code = "file_header"


class DuplicateHeaderError(HeaderError):
    """Two columns bear the same name; details: name → positions, 1-based."""

    code = "file_header_duplicate"


class UnknownFormatError(SourceFileError):
    """The content is none of CSV, XLSX, JSON Lines, Parquet, plain or in gzip or zip."""

    status = 415
    code = "file_format_unknown"


class TruncatedFileError(SourceFileError):
    """The file ends before its format says so: an upload or export broke off."""

    code = "file_truncated"


class CorruptFileError(SourceFileError):
    """A checksum or structure inside the file is wrong."""

    code = "file_corrupt"


class BombError(SourceFileError):
    """Unpacked, the file is out of all proportion to its packed size."""

    status = 413
    code = "file_bomb"


class TooLargeError(SourceFileError):
    """The file is larger than the setting allows."""

    status = 413
    code = "file_too_large"


class EncryptedError(SourceFileError):
    """The file is protected by a password."""

    code = "file_encrypted"


class ArchiveError(SourceFileError):
    """A zip that does not hold exactly one data file, or whose member has a path outside the archive."""

    code = "file_archive"


class UnclosedQuoteError(SourceFileError):
    """A quotation mark opens a cell that never ends; details: line."""

    code = "file_quote_unclosed"


class NestedColumnError(SourceFileError):
    """A Parquet column holds lists, structs or maps, or bytes that are no text."""

    code = "file_column_nested"
