"""Deliveries from one service to another, for EventBridge, SNS and S3 alike."""
