"""Verification (核验): whether what an institution was told is what is known, answered yes or no.

For fields that are given masked; what the answer rests on never leaves, and that it was asked is evidence as every
inquiry is (R6.2, R11.3).
"""
