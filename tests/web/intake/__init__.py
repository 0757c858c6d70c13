"""Events over HTTP, judged."""
