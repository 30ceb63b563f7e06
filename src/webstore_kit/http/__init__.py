"""The API kit: operations, bodies, queries, pages, errors, media and middleware. It knows no domain."""
