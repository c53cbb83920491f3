"""SageMaker's control plane: jobs that really run, the model registry, endpoints and lineage."""
