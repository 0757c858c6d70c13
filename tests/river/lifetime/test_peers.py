"""`lifetimes` as a judge, where it is installed (dependency group `peers`): the same optimum."""

from __future__ import annotations

import numpy as np
import pytest
from tests.river.lifetime.shops import lived

from thang.river.lifetime.fitted import fitted
from thang.river.lifetime.models import MODELS
from thang.river.lifetime.spending import spending_of

peer = pytest.importorskip("lifetimes", reason="lifetimes is not here: group `peers`")
pytestmark = pytest.mark.filterwarnings("ignore::Warning")
PEERS = {
    "bg": "BetaGeoFitter",
    "mbg": "ModifiedBetaGeoFitter",
    "pareto": "ParetoNBDFitter",
}
HORIZON = 180


@pytest.mark.parametrize("model", PEERS)
def test_the_peer_finds_the_same_optimum_and_foretells_the_same(model: str) -> None:
    people = lived(41, 3_500)[0]
    x, t, age = people.frequency, people.recency, people.age
    theirs = getattr(peer, PEERS[model])().fit(x, t, age)
    mine = fitted(MODELS[model], people.cells, "none")
    natural = list(mine.parameters().values())
    assert theirs.params_.to_numpy() == pytest.approx(natural, rel=5e-3)
    # their optimum is never the better one
    at_theirs = mine.model.loglik(np.log(theirs.params_.to_numpy()), people.cells).value
    assert mine.summit.loglik >= at_theirs - 1e-9
    assert mine.summit.loglik == pytest.approx(at_theirs, abs=1e-2)
    told = theirs.conditional_expected_number_of_purchases_up_to_time(HORIZON, x, t, age)
    cells, place = people.cells, people.cells.place
    alive = mine.alive(cells)
    ours = (alive * mine.moments(cells, HORIZON, 0.0).purchases[cells.pair])[place]
    assert ours == pytest.approx(np.asarray(told), rel=2e-2, abs=1e-3)
    still = np.ravel(theirs.conditional_probability_alive(x, t, age))
    assert alive[place] == pytest.approx(still, abs=5e-3)


def test_the_peer_finds_the_same_spending() -> None:
    people = lived(41, 3_500)[0]
    pays = people.paid > 0
    paid, spend = people.paid[pays], people.spend[pays]
    theirs = peer.GammaGammaFitter().fit(paid, spend)
    mine = spending_of(people, prior="none")
    assert theirs.params_.to_numpy() == pytest.approx(list(mine.parameters.values()), rel=5e-3)
    told = theirs.conditional_expected_average_profit(paid, spend)
    assert mine.order(paid.astype(float), spend).mean == pytest.approx(np.asarray(told), rel=1e-3)
