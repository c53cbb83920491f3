"""How a model package gets onto an endpoint: when, as what, and how that is proven."""
