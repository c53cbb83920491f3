"""Processing and training jobs: each runs in child processes under the ``/opt/ml`` contract."""
