"""Pictures of answers: a specification for each query type, drawn by a browser or without one."""
