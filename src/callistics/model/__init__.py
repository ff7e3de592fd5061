"""The values the product speaks in: instants, zones, payloads, records, scopes, queries."""
