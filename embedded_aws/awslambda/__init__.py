"""AWS Lambda, natively emulated: functions run under AWS's own runtime client."""
