"""Level 1: background work on the same PostgreSQL (pgqueuer).

Use `enqueue` and `Worker`; tasks are registered by the composition root.
"""

from xinshu.jobs.queue import Task, Worker, enqueue

__all__ = ["Task", "Worker", "enqueue"]
