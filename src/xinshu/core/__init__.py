"""Level 0: what every room stands on: identifiers, clock, errors, settings, text. No I/O except reading settings.

May be imported from anywhere; imports nothing of xinshu.
"""
