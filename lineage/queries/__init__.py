"""One module a question, and how each tells what is meant; nothing that records needs them."""
