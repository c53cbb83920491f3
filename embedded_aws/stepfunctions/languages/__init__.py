"""The two query languages of states, JSONata and JSONPath, each compiled into plain queries."""
