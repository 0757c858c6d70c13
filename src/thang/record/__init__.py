"""The book of record: what happened, appended and never changed; who it was, sealed beside it."""

from thang.record.book import Record
from thang.record.policies import OutdatedError, PolicyNote, PolicyVersion
from thang.record.reading import Batch, Counts

__all__ = ["Batch", "Counts", "OutdatedError", "PolicyNote", "PolicyVersion", "Record"]
