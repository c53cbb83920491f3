"""Processing and training jobs: each runs in child processes under the ``/opt/ml`` contract.

Several instances are several processes, each with a file system of its own.

Not emulated, and refused by name: input modes other than File, data sources other than S3,
continuous upload, script mode, checkpoints, spot instances, warm pools, instance groups, debugger
and profiler. Every image but sagemaker-xgboost cannot be pulled.
"""
