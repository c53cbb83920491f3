"""CloudFormation: a strict engine that turns templates into calls of the services' public APIs."""
