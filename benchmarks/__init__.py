"""Benchmarks: how fast the server is, against the same SQL without a server. See README.md."""
