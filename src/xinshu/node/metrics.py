"""Metrics in Prometheus' form: requests as they pass, collection and subjects from the database."""

from __future__ import annotations

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
    return generate_latest(_registry)
