"""How a night is prepared: its parameters, its input snapshot, its code."""
