"""What an operator can type: a module for each group of commands, each a Typer of its own."""
