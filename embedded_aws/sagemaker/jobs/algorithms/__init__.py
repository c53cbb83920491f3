"""The built-in algorithms: they run in a job's child process and import nothing else of ours."""
