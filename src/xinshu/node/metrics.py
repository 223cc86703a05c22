"""Metrics in Prometheus' form: requests as they pass, the rest from the database."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from xinshu.node.services import Services
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
HOUR = timedelta(hours=1)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request; `route` is the template, never the path with its values."""
    _requests.labels(method, route, str(status)).inc()
    _seconds.labels(method, route).observe(seconds)


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
    return generate_latest(_registry)
