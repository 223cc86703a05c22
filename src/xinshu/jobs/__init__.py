"""Level 1: background work on the same PostgreSQL (pgqueuer).

Use `enqueue` and `Worker`; tasks are registered by the composition root.
"""

from xinshu.jobs.queue import JobNotNowError, Task, Worker, enqueue

__all__ = ["JobNotNowError", "Task", "Worker", "enqueue"]
