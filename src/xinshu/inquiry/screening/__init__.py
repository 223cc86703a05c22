"""Screening (筛查) without authorisation, over open items only: lists of firms that meet declared criteria (R6.1).

Criteria are data, compiled into the parameters of one fixed query. A run is recorded as evidence before it is answered.
"""
