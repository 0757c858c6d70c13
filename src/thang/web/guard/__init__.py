"""What stands before the application: against the slow, the oversized and the blown up.

Headers are timed where bytes arrive (`protocol`), for an application sees a request only once
its headers are whole; bodies are measured where they are read, in a middleware (`bodies`).
"""
