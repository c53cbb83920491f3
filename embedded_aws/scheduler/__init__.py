"""EventBridge Scheduler, natively emulated: schedules that fire on the virtual clock."""
