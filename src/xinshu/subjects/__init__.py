"""Level 2: whom the information is about: the subject base, its codes, names and search.

Use `SubjectService`; call `refresh_search` after each publication. Other rooms never write the `subject` tables except
through `collect` publishing a batch.
"""

from xinshu.subjects.rules import kind_of, name_key
from xinshu.subjects.service import SubjectService
from xinshu.subjects.tasks import rebuild_search, refresh_search, search_lag

__all__ = ["SubjectService", "kind_of", "name_key", "rebuild_search", "refresh_search", "search_lag"]
