"""HTTP of this room, put together."""

from __future__ import annotations

from fastapi import APIRouter

from xinshu.members.accounts import firm_routes, proposal_routes, session_routes, staff_routes
from xinshu.members.accounts.service import Accounts
from xinshu.members.permissions import Guards
from xinshu.store import Database


def router(accounts: Accounts, db: Database, guards: Guards) -> APIRouter:
    """All routes. Public are POST /v1/session, /v1/session/second-factor, /v1/invitations/accept, /v1/firm-accounts
    and /v1/bootstrap; every other one has a guard."""
    routes = APIRouter()
    routes.include_router(session_routes.router(accounts, db, guards))
    routes.include_router(staff_routes.router(accounts, guards))
    routes.include_router(proposal_routes.router(accounts.proposals, guards))
    routes.include_router(firm_routes.router(accounts, guards))
    return routes
