"""The reference page of `channels.yaml`, made from the table of its keys.

`python -m thang.channels.settings.reference` writes it to `docs/reference/channels.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from thang.channels.settings.fields import CHANNELS
from thang.policy.shapes import Field, Named, Record

PAGE = Path("docs/reference/channels.md")

OPENING = """\
# The channels

`channels.yaml` in the shop's folder says how messages leave; without it only staff tasks are laid.
How to set one up, step by step: [send messages](../how-to/send.md).

```yaml
# channels.yaml
public_url: https://shop.example.vn
email:
  host: mail.example.vn
  from: Shop <hello@shop.example.vn>
  user: hello@shop.example.vn
  password: env:SHOP_MAIL_PASSWORD
sms:
  brand: MYSHOP
  api_key: file:secrets/sms.key
  secret: file:secrets/sms.secret
```

A mistake is refused with its file, line and key, and the nearest right key; while there is one,
nothing is sent and nothing is lost. The file is read anew each time, so no restart is needed.

**Secrets** are never written here. `env:NAME` is a variable of the environment in which Thang is
started, `file:PATH` a file (from the shop's folder) that only its owner can read (`chmod 600`). A
secret that stands in the file itself is refused, and the refusal does not repeat it.

**Staff** need nothing: `task`, `call` and `page` are always there.

**Addresses.** Every `base` is the platform's own unless the file says otherwise. An address that it
names may be of the shop's own network and may be plain http; all others must be public and https.

## The keys
"""

CLOSING = """\
## Zalo's tokens

An access token lives about a day, and the refresh token that renews it works once. Thang keeps the
present pair in `zalo.tokens` in the shop's folder (mode 0600), on disk before it is used. Should a
backup bring an older pair back, grant the app access anew and write the new refresh token: another
first token than before makes Thang begin with it.

## Hooks

Each provider calls an address of its own, `/hooks/<channel>/<secret>`, which the page Settings >
Channels shows to owners. `public_url` stands before it.

| Provider | What it tells | How it proves itself |
|---|---|---|
| `messenger` | who wrote (24 hours to answer), what arrived, words such as STOP, blocks of the page | `X-Hub-Signature-256` over the bytes, by `app_secret`; the verify token is the secret in the address |
| `zalo` | who wrote (7 days), follows and left, what was received, words such as STOP | `X-ZEvent-Signature` over id, bytes, time and `hook_secret`; the app's id or the account's |
| `sms` | `SMSID` with `SendSuccess`, `SendFailed`; `phone` with `content` | the address alone |
| `email` | a letter that came back, whole, as the body of a POST | the address, and the key of the letter |
| `webhook` | `{"id", "state": "delivered" or "failed"}`, `id` the key the message came with | `thang-signature` as ours, at most 5 minutes old |

200 once it is written down, 400 for what cannot be read, 403 for a wrong signature, 404 for a wrong
address, 503 while nobody is placed yet or a secret is missing. People and messages that the shop does
not know change nothing. The field names of the SMS gateway's reports and the id in Zalo's signature
are from secondary sources: try one real report before you count on them.
"""  # noqa: E501 - rows of a table


def channels_markdown() -> str:
    """The page: every key with its type, its default, and one sentence."""
    return "\n".join([OPENING, *_sections(CHANNELS, ""), CLOSING])


def _sections(record: Record, path: str) -> Iterator[str]:
    if path:
        yield f"### `{path}`\n"
    yield "| Key | Type | Default | What it is for |\n|---|---|---|---|"
    yield "\n".join(_row(field) for field in record.fields) + "\n"
    for field in record.fields:
        at = f"{path}.{field.key}" if path else field.key
        shape = field.shape.of if isinstance(field.shape, Named) else field.shape
        if isinstance(shape, Record):
            yield from _sections(shape, f"{at}.<name>" if shape is not field.shape else at)


def _row(field: Field) -> str:
    long = isinstance(field.shape, Record | Named)
    says = "keys with values" if long else field.shape.says
    return f"| `{field.key}` | {says} | {field.absent or 'needed'} | {field.doc} |"


def main() -> None:
    """Write the page into the source tree."""
    PAGE.write_text(channels_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
