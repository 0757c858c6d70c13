"""Whatever is sent: never a 5xx, and every call stored, known before, or refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.web.intake.corpus import Corpus
from tests.web.intake.senders import program, refused, stored, write_key
from tests.web.visitors import Shop


def every_call_is_accounted_for(folder: Path, requests: int, seed: int) -> None:
    shop, corpus, became = Shop.at(folder), Corpus(seed), Counter[str]()
    with program(shop.app) as client:
        client.auth = (write_key(shop), "")
        for _ in range(requests):
            sent = corpus.draw()
            answer = client.post(sent.path, content=sent.body, headers=sent.headers)
            if sent.calls is None or (sent.unsure and answer.status_code == 400):
                assert answer.status_code in (400, 413), (seed, sent.body[:300], answer.text[:300])
                continue
            assert answer.status_code == 200, (seed, sent.body[:300], answer.text[:300])
            told = answer.json()
            counts = {name: told[name] for name in ("stored", "duplicate", "refused")}
            assert sum(counts.values()) == len(told["results"]) == sent.calls
            became.update(counts)
    assert became["stored"] == len(stored(folder))
    assert 0 < refused(folder) <= became["refused"]
    assert min(became.values()) > 0


def test_a_hundred_and_fifty_broken_requests(tmp_path: Path) -> None:
    every_call_is_accounted_for(tmp_path / "shop", 150, seed=1)


@pytest.mark.soak
def test_fifty_thousand_broken_requests(tmp_path: Path) -> None:
    every_call_is_accounted_for(tmp_path / "shop", 50_000, seed=2)
