"""What all tests share: examples are not judged by how long a busy machine takes for them."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("thang", deadline=None)
settings.load_profile("thang")
