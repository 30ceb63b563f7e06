"""Adoption: takes over the data and pictures of an existing Django store."""
