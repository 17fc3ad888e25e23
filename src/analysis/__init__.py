"""The observatory of users: from raw exports to numbered editions."""
