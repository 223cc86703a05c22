"""Signing of reports (PAdES) and their verification, by anybody: by code, by the file, offline with the certificate."""
