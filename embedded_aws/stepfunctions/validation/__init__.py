"""Static checks of a definition: what CreateStateMachine refuses, and Validate reports."""
