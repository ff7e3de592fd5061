"""HTTP: the endpoints, their errors, the OpenAPI document and its page."""
