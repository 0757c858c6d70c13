"""What came is made events: from the inbox into the record, and then out of the inbox.

Were the process killed between the two, the same payloads would be mapped once more, and the record
would know every event of them: nothing is lost and nothing is there twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from thang.model import SECOND, Gathered
from thang.record.inbox import Inbox
from thang.record.inbox_tables import Due, Waits
from thang.sources.live.contract import Facts, Own, Payload, Told
from thang.sources.live.gathering import Gatherer
from thang.sources.live.registry import SOURCES
from thang.workspace.connecting.settings import SourceSettings

PORTION = 200  # payloads

Keep = Callable[[Sequence[Gathered], Callable[[int], str]], Sequence[Gathered | None]]


def map_waiting(
    inbox: Inbox, settings: SourceSettings, facts: Callable[[str], Facts], keep: Keep, now: int
) -> int:
    """Map the oldest payloads that wait; how many there were."""
    waits = inbox.waits(PORTION)
    if not waits:
        return 0
    told = [told_by(one, settings, facts(one.source)) for one in waits]
    rows = [row for one in told for row in one.gathered]
    raws = [raw for one in told for raw in one.raws]
    fates = iter(keep(rows, lambda place: raws[place]()))
    counted: Counter[tuple[str, str]] = Counter()
    for one, of in zip(waits, told, strict=True):
        counted.update((one.source, _fate(next(fates))) for _ in of.gathered)
        counted[one.source, "passed"] += of.passed
    wants = [due for one, of in zip(waits, told, strict=True) for due in wanted(one, of, now)]
    inbox.mapped(waits, wants, {key: count for key, count in counted.items() if count}, now)
    return len(waits)


def told_by(one: Waits, settings: SourceSettings, facts: Facts) -> Told:
    """What a payload tells; one of a source that this version does not know is kept, refused."""
    source = SOURCES.get(one.source)
    payload = Payload(one.topic, one.body)
    if source is None:
        gatherer = Gatherer(payload, facts)
        gatherer.refuse("topic", one.body.decode("utf-8", "replace"))
        return gatherer.told
    connected = settings.connected.get(one.source)
    return source.map(payload, connected.open_own if connected else Own(), facts)


def wanted(one: Waits, of: Told, now: int) -> list[Due]:
    """What a payload only named, to be asked for."""
    return [Due(one.source, w.what, w.ref, now + w.after * SECOND) for w in of.wanted]


def _fate(kept: Gathered | None) -> str:
    if kept is None:
        return "duplicate"
    return "stored" if kept.refused is None else f"refused:{kept.refused.reason}"


def sums(counted: Mapping[str, int]) -> Mapping[str, int]:
    """Counts by their first word: all that was refused stands together."""
    found: Counter[str] = Counter()
    for what, count in counted.items():
        found[what.partition(":")[0]] += count
    return found
