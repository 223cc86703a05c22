"""Persons: accounts, passwords, one-time codes, sessions, invitations, firm users and their delegates.

From outside use `SessionService` (whose cookie it is), `invite` and `close_all_of_member` (coming and leaving of
members), `Principals` (explanations) and the routers; nobody else touches the tables of migration 0007.
"""
