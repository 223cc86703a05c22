"""Any file a provider sends, read as one uniform stream of text cells, and feedback written the same way.

Touch from outside: `open_source`, `write_feedback`, the types below and the errors in `files.errors`.
"""

from xinshu.collect.files.feedback import FeedbackRow, write_feedback
from xinshu.collect.files.model import Fault, FileFormat, ReadLimits, Source, batch_schema, fault_message
from xinshu.collect.files.reader import open_source

__all__ = [
    "Fault",
    "FeedbackRow",
    "FileFormat",
    "ReadLimits",
    "Source",
    "batch_schema",
    "fault_message",
    "open_source",
    "write_feedback",
]
