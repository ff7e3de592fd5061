"""`callistics query --plot`: the pictures of answers in a file."""
