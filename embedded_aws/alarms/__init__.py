"""What moto's CloudWatch alarms lack: they look at their metrics, and tell when they change."""
