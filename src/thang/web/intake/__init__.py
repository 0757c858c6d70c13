"""Events in over HTTP: a bounded queue, and one thread that commits what stands in it."""
