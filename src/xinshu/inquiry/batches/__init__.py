"""Batches of inquiries: up to 1,000 subjects asked about with one order, worked through in the background.

Every subject is asked for by `InquiryService.ask` for whoever handed the batch in, with an idempotency key of its own:
work taken up again after a crash neither asks nor counts twice. `service` is for routes, `work` for the worker.
"""
