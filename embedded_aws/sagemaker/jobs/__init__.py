"""Processing and training jobs: each runs in child processes under the ``/opt/ml`` contract.

Not emulated, and refused by name: several instances, input modes other than File, data sources
other than S3, continuous upload, script mode, checkpoints, spot instances, warm pools, debugger
and profiler, retries within a job. Every image but sagemaker-xgboost cannot be pulled.
"""
