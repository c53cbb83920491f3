"""The fourteen-night demonstration, and the card transactions that it retrains on."""
