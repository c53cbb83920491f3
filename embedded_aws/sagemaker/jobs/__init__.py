"""Processing and training jobs: each runs in child processes under the ``/opt/ml`` contract.

Several instances are several processes, each with a file system of its own. Work is real and
takes its time; ``Settings.job_durations`` stretches it on the virtual clock, and
``Environment.fates`` lets jobs wait for capacity, fail or be killed.

Not emulated, and refused by name: input modes other than File, data sources other than S3,
continuous upload, script mode, checkpoints, spot instances, warm pools, instance groups, debugger
and profiler. Every image but sagemaker-xgboost cannot be pulled.
"""
