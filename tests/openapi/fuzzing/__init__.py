"""Requests by the thousand, made from the document of the API: Schemathesis against a real server."""
