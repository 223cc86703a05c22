"""Onboarding (入驻): how an organisation comes to take part, stays, and leaves."""

from xinshu.members.onboarding.sandbox import record_sandbox_call

__all__ = ["record_sandbox_call"]
