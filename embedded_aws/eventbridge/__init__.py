"""What moto's EventBridge lacks: it keeps buses and rules, this brings events to their targets."""
