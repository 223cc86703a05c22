"""Credit reports of a node or of its sandbox, wired on one page."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from xinshu.catalogue import Catalogue
from xinshu.consent.purposes import Purposes
from xinshu.consent.uses import ConsentUses
from xinshu.core.clock import Clock
from xinshu.core.divisions import Divisions
from xinshu.core.industries import Industries
from xinshu.core.settings import Settings
from xinshu.core.sizes import Sizes
from xinshu.crypto import Sealer
from xinshu.evaluate.service import EvaluationService
from xinshu.inquiry.service import InquiryService
from xinshu.ledger import Ledger
from xinshu.members.permissions import Guards, Permissions
from xinshu.report.feedback import FeedbackDesk
from xinshu.report.feedback_routes import router as feedback_routes
from xinshu.report.figures import Figures
from xinshu.report.file_routes import router as file_routes
from xinshu.report.files import ReportFiles
from xinshu.report.layout import Layout
from xinshu.report.model import Issuer
from xinshu.report.proof.keys import ReportKeys
from xinshu.report.proof.public_routes import router as public_routes
from xinshu.report.proof.verification import Verifier
from xinshu.report.routes import router as report_routes
from xinshu.report.rules import Frame
from xinshu.report.service import ReportService
from xinshu.report.shelf import Shelf
from xinshu.report.shown import Shower
from xinshu.store import Database


@dataclass(frozen=True)
class Reports:
    """Issuing, reading again, feedback, quality."""

    service: ReportService
    shelf: Shelf
    desk: FeedbackDesk
    figures: Figures
    files: ReportFiles
    verifier: Verifier

    @classmethod
    def build(
        cls,
        settings: Settings,
        clock: Clock,
        db: Database,
        catalogue: Catalogue,
        table: Permissions,
        ledger: Ledger,
        inquiry: InquiryService,
        evaluation: EvaluationService,
        vault: Sealer,
    ) -> Reports:
        """Over a node's parts. Raises what the definitions have wrong."""
        definitions = settings.definitions
        industries = Industries.load(definitions)
        frame = Frame(
            Layout.load(definitions, catalogue, settings.overlay),
            catalogue,
            Shower(catalogue, Divisions.load(), industries),
            Sizes.load(definitions, industries),
            Issuer(code=settings.platform_code, name=settings.platform_name),
        )
        shelf = Shelf(db, clock, catalogue, ledger, ConsentUses(db), vault)
        keys = ReportKeys(db, vault, clock, settings)
        return cls(
            ReportService(
                db, clock, frame, Purposes.load(definitions, catalogue), ledger, inquiry, evaluation, vault, table,
                settings.report_days,
            ),
            shelf,
            FeedbackDesk(db, clock, shelf),
            Figures(db, clock, catalogue),
            ReportFiles(shelf, keys, clock, settings.origin),
            Verifier(shelf, keys, ledger.suite.digest, settings.platform_name),
        )  # fmt: skip

    def router(self, guards: Guards) -> APIRouter:
        """All their routes."""
        routes = APIRouter()
        routes.include_router(feedback_routes(self.desk, self.shelf, guards))
        routes.include_router(file_routes(self.files, self.shelf, guards))
        routes.include_router(public_routes(self.verifier))
        routes.include_router(report_routes(self.service, self.shelf, self.figures, guards))
        return routes
