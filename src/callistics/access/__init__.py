"""Who may do what: keys, permissions and scopes."""
