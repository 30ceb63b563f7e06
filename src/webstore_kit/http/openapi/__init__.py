"""The document of the API in OpenAPI 3.1, made of the operations that answer the requests."""
