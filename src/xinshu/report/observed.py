"""Metrics of reports, in the registry that the node shows."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

registry = CollectorRegistry()
_issued = Counter("xinshu_reports_issued_total", "Credit reports issued", ["variant"], registry=registry)
_seconds = Histogram(
    "xinshu_report_seconds", "Time to make a credit report", ["variant"], registry=registry,
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)  # fmt: skip


def observe(variant: str, seconds: float) -> None:
    """Count one report."""
    _issued.labels(variant).inc()
    _seconds.labels(variant).observe(seconds)
