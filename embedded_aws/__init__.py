"""AWS on this machine: one loopback process that runs Step Functions, SageMaker and their neighbours for real."""
