"""The security log (安全日志): sign-ins, refusals, changes of rights. Append-only; no secrets, no content."""

from xinshu.members.events.service import Event, EventPage, Events, record

__all__ = ["Event", "EventPage", "Events", "record"]
