"""Metrics in Prometheus' form: requests as they pass, the rest from the database, for whom the setting names."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, ClassVar

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from xinshu.core.errors import NotFoundError, SettingError
from xinshu.node.services import Services
from xinshu.report import observed
from xinshu.store import load_queries

CONTENT_TYPE = CONTENT_TYPE_LATEST
queries = load_queries("xinshu.node")
_registry = CollectorRegistry()
_requests = Counter("xinshu_requests_total", "Requests answered", ["method", "route", "status"], registry=_registry)
_seconds = Histogram("xinshu_request_seconds", "Time to answer", ["method", "route"], registry=_registry)
_batches = Gauge("xinshu_batches", "Batches by state", ["state"], registry=_registry)
_rows = Gauge("xinshu_batch_rows", "Rows of published batches by verdict", ["verdict"], registry=_registry)
_subjects = Gauge("xinshu_subjects", "Subjects known (estimate)", registry=_registry)
_jobs = Gauge("xinshu_jobs_waiting", "Jobs waiting or running", registry=_registry)
_members = Gauge("xinshu_members", "Members by kind and state", ["kind", "state"], registry=_registry)
_sign_ins = Gauge("xinshu_sign_ins", "Sign-ins of the last hour by outcome", ["code"], registry=_registry)
_refusals = Gauge("xinshu_refusals", "Refusals of the last hour by code", ["code"], registry=_registry)
_leaves = Gauge("xinshu_ledger_leaves", "Leaves in the log of evidence", registry=_registry)
_waiting = Gauge("xinshu_ledger_waiting", "Leaves waiting to come into the log", registry=_registry)
_inquiries = Gauge("xinshu_inquiries", "Inquiries answered (estimate)", registry=_registry)
_evaluations = Gauge("xinshu_evaluations", "Evaluations by model and grade", ["model", "grade"], registry=_registry)
_objections = Gauge("xinshu_evaluation_objections", "Objections under way", ["clock"], registry=_registry)
_evaluated = Gauge("xinshu_evaluation_full_run_age_seconds", "Since the last full run; -1: none", registry=_registry)
_modules = Gauge("xinshu_module_subjects", "Subjects by feature module", ["module", "degree"], registry=_registry)
HOUR = timedelta(hours=1)
KEPT = timedelta(seconds=5)


class MetricsRefusedError(NotFoundError):
    """The caller is in none of the networks. Not a 403: those are written down, and anybody can ask for this."""

    code: ClassVar[str] = "metrics_not_shown"


class Exposition:
    """All metrics as text, counted anew every five seconds at most, however often somebody asks."""

    def __init__(self, services: Services) -> None:
        """Raises SettingError when `metrics_networks` names no networks."""
        self._services = services
        given = services.settings.metrics_networks
        try:
            self._networks = [ip_network(one.strip()) for one in given.split(",") if one.strip()]
        except ValueError as error:
            raise SettingError(
                f"XINSHU_METRICS_NETWORKS 有误:{error}", hint="写网段,逗号分隔,如 127.0.0.0/8,10.1.0.0/16"
            ) from None
        self._lock = asyncio.Lock()
        self._made: datetime | None = None
        self._text = b""

    async def shown_to(self, address: str) -> bytes:
        """The text, for a caller at this address. Raises MetricsRefusedError."""
        if not self._admits(address):
            raise MetricsRefusedError(
                "指标不对此来访地址开放", hint="由运维人员把监控系统的网段写入 XINSHU_METRICS_NETWORKS"
            )
        async with self._lock:
            now = self._services.clock.now()
            if self._made is None or not timedelta() <= now - self._made < KEPT:
                self._text = await exposition(self._services)
                self._made = now
            return self._text

    def _admits(self, address: str) -> bool:
        try:
            place = ip_address(address)
        except ValueError:
            return False
        return any(place in network for network in self._networks)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request; `route` is the template, never the path with its values."""
    _counted(method, route, status).inc()
    _timed(method, route).observe(seconds)


@lru_cache(maxsize=10_000)
def _counted(method: str, route: str, status: int) -> Counter:
    return _requests.labels(method, route, str(status))


@lru_cache(maxsize=10_000)
def _timed(method: str, route: str) -> Histogram:
    return _seconds.labels(method, route)


async def exposition(services: Services) -> bytes:
    """All metrics as text."""
    async with services.db.acquire() as conn:
        async for row in queries.batches_by_state(conn):
            _batches.labels(row["state"]).set(row["batches"])
        async for row in queries.rows_by_verdict(conn):
            _rows.labels(row["verdict"]).set(row["rows"])
        _subjects.set(await queries.subjects_estimated(conn))
        _jobs.set(await queries.jobs_waiting(conn))
        _members.clear()
        async for row in queries.members_by_state(conn):
            _members.labels(row["kind"], row["state"]).set(row["members"])
        for gauge in (_sign_ins, _refusals):
            gauge.clear()
        async for row in queries.access_since(conn, since=services.clock.now() - HOUR):
            (_sign_ins if row["kind"] == "sign_in" else _refusals).labels(row["code"]).set(row["events"])
        leaves = await queries.leaves_counted(conn)
        _leaves.set(leaves["size"] or 0)
        _waiting.set(leaves["waiting"])
        _inquiries.set(await queries.inquiries_estimated(conn))
        _modules.clear()
        async for row in queries.module_subjects(conn):
            _modules.labels(row["module"], row["degree"]).set(row["subjects"])
        await _of_evaluations(services, conn)
    return generate_latest(_registry) + generate_latest(observed.registry)


async def _of_evaluations(services: Services, conn: Any) -> None:
    _evaluations.clear()
    async for row in queries.evaluations_by_grade(conn):
        _evaluations.labels(row["model"], row["grade"]).set(row["subjects"])
    open_ = await queries.objections_open(conn, today=services.clock.today())
    _objections.labels("running").set(open_["running"])
    _objections.labels("overdue").set(open_["overdue"])
    last = await queries.last_full_evaluation(conn)
    _evaluated.set((services.clock.now() - last).total_seconds() if last is not None else -1)
