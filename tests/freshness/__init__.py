"""Tests of freshness: what a running store answers is what its database says, whoever has changed it and however."""
