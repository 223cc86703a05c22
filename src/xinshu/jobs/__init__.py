"""Level 1: background work on the same PostgreSQL (pgqueuer).

Use `enqueue` and `Worker`, and `Jobs` to look after them; tasks are registered by the composition root.
"""

from xinshu.jobs.queue import JobNotNowError, Task, Worker, enqueue
from xinshu.jobs.service import Jobs

__all__ = ["JobNotNowError", "Jobs", "Task", "Worker", "enqueue"]
