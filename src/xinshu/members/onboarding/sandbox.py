"""What a member has tried in the sandbox: counted by whoever serves the sandbox, read by the checklist."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xinshu.store import load_queries

queries = load_queries("xinshu.members.onboarding")


async def record_sandbox_call(conn: Any, member_id: str, action: str, ok: bool, now: datetime) -> None:
    """Count one call of a member in the sandbox; `action`: resource:action, such as `batch:create`."""
    await queries.count_sandbox_call(conn, member_id=member_id, action=action, ok=ok, now=now)
