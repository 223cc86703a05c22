"""What everybody may see of a node, and its big screen, wired on one page."""

from __future__ import annotations

from fastapi import APIRouter, Request

from xinshu.consent.purposes import Purposes
from xinshu.core.divisions import Divisions
from xinshu.core.industries import Industries
from xinshu.ledger.public_routes import router as verify_routes
from xinshu.members.model import Principal
from xinshu.members.permissions import Guards
from xinshu.members.permissions.guards import caller_of
from xinshu.modules.public_routes import COUNTS_KEPT
from xinshu.modules.public_routes import router as module_routes
from xinshu.node.membership import Membership
from xinshu.node.services import Services
from xinshu.statistics.kept import Kept
from xinshu.statistics.live import Live
from xinshu.statistics.live_routes import router as live_routes
from xinshu.statistics.maps import load_map
from xinshu.statistics.model import Words
from xinshu.statistics.routes import router as figure_routes
from xinshu.statistics.service import StatisticsService, Surroundings


def router(services: Services, membership: Membership, guards: Guards) -> APIRouter:
    """Figures, statistics, modules, verification, the live board. Raises what the definitions have wrong."""
    settings = services.settings
    divisions = Divisions.load()
    purposes = Purposes.load(settings.definitions, services.catalogue)
    around = Surroundings(
        platform=settings.platform_code,
        name=settings.platform_name,
        catalogue=lambda: services.catalogue,
        tiles=load_map(settings.definitions, settings.platform_code, divisions),
        divisions=divisions,
        industries=Industries.load(settings.definitions),
        purposes={one.purpose: Words(zh=one.name.zh, en=one.name.en) for one in purposes},
    )
    figures = StatisticsService(services.db, services.clock, around)
    live = Live(services.db, services.clock, figures)
    modules = Kept(services.clock, COUNTS_KEPT, lambda _: services.modules.counts())
    services.freshness.on_change(lambda _: live.wake())

    async def authenticate(request: Request) -> Principal:
        return await membership.authenticate(request.headers, request.method, caller_of(request))

    routes = APIRouter()
    routes.include_router(figure_routes(figures))
    routes.include_router(module_routes(services.modules.book, modules.get))
    routes.include_router(verify_routes(services.ledger))
    routes.include_router(live_routes(live, guards, authenticate))
    return routes
