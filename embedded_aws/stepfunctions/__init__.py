"""AWS Step Functions: an interpreter of the Amazon States Language, and its API."""
