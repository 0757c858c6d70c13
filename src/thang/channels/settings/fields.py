"""Every key of `channels.yaml` in one table: its type, and one sentence of what it is for."""

from __future__ import annotations

from thang.policy.shapes import Field, Named, OneOf, Record, Text, Truth, Whole, Word

TLS = ("starttls", "implicit", "none")
PLATFORM = "the platform's own"
NONE = "none"

ADDRESS = Word(
    r"https?://[^\s/?#@]+(?:/[^\s?#@]*)?", "a web address such as https://shop.example.vn"
)
SECRET = Word(
    r"env:[A-Za-z_][A-Za-z0-9_]{0,79}|file:[^\x00-\x1f]{1,300}",
    "a reference to a secret: env:NAME or file:PATH",
)
HOST = Word(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,252}|\[[0-9A-Fa-f:]+\]", "the name of a host")
LETTERS = Word(r"[^<>\r\n@]{0,80}<[^<>\s@]+@[^<>\s@]+>|[^<>\s@]+@[^<>\s@]+",
               "an address such as Shop <hello@shop.example.vn>")  # fmt: skip
DIGITS = Word(r"[0-9]{1,30}", "a number as the platform writes it")
TEMPLATE = Word(r"[a-z][a-z0-9_.]{0,79}", "the key of a template in the playbook")
FIELD = Word(r"[A-Za-z][A-Za-z0-9_]{0,39}", "the name of a field in the approved template")
MERGE = Word(r"[a-z][a-z0-9_.]{0,79}", "a merge field such as person.name")


def _base(of: str) -> Field:
    return Field(
        "base", ADDRESS, f"Another address of {of}, such as a stand-in for trying.", absent=PLATFORM
    )


EMAIL = Record(
    (
        Field("host", HOST, "The mail server."),
        Field("port", Whole(1, 65_535), "Its port.", absent="587"),
        Field("tls", OneOf(TLS), "How the line is made secret: `none` only on this machine.",
              absent="starttls"),
        Field("from", LETTERS, "Whom letters are from."),
        Field("user", Text(200), "Who signs in at the mail server.", absent=NONE),
        Field("password", SECRET, "Their password.", absent=NONE),
    )
)  # fmt: skip
MESSENGER = Record(
    (
        Field("page", DIGITS, "The page's number."),
        Field("token", SECRET, "The page's access token."),
        Field("app_secret", SECRET, "The app's secret: without it no report is believed.",
              absent=NONE),
        _base("the Graph API"),
    )
)  # fmt: skip
APPROVED = Record(
    (
        Field("id", DIGITS, "The number of the template that Zalo has approved."),
        Field(
            "fields",
            Named(FIELD, MERGE, "field"),
            "Which merge field fills each field of the approved template.",
            absent=NONE,
        ),
    )
)
ZALO = Record(
    (
        Field("app", DIGITS, "The app's number."),
        Field("app_secret", SECRET, "The app's secret key."),
        Field("refresh_token", SECRET, "The first refresh token; Thang keeps its successors."),
        Field("oa", DIGITS, "The official account's number.", absent=NONE),
        Field("hook_secret", SECRET, "The account's webhook key: without it no report is believed.",
              absent=NONE),
        _base("the account's API"),
        Field("zns_base", ADDRESS, "Another address for templates.", absent=PLATFORM),
        Field("login_base", ADDRESS, "Another address for tokens.", absent=PLATFORM),
        Field("templates", Named(TEMPLATE, APPROVED, "template"),
              "Which approved template stands for which of the playbook.", absent=NONE),
    )
)  # fmt: skip
SMS = Record(
    (
        Field("brand", Text(20), "The registered name that messages bear."),
        Field("api_key", SECRET, "The gateway's key."),
        Field("secret", SECRET, "The gateway's secret."),
        Field("sandbox", Truth(), "True: the gateway only pretends to send.", absent="false"),
        _base("the gateway"),
    )
)
WEBHOOK = Record(
    (
        Field("url", ADDRESS, "The address that is called."),
        Field("secret", SECRET, "What calls are signed with."),
        Field(
            "own_network", Truth(), "True if the receiver has no public address.", absent="false"
        ),
    )
)
CHANNELS = Record(
    (
        Field("public_url", ADDRESS,
              "Where customers reach this server: their way out of advertising leads there. "
              "Needed with every channel but `webhook`, unless they are fake.", absent=NONE),
        Field("fake", Truth(),
              "True: nothing leaves this machine; a stand-in takes every message and shows it.",
              absent="false"),
        Field("email", EMAIL, "Letters by SMTP.", absent="not set"),
        Field("messenger", MESSENGER, "Messages of a Facebook page.", absent="not set"),
        Field("zalo", ZALO, "Messages of an official account (`zalo_oa`) and templates (`zns`).",
              absent="not set"),
        Field("sms", SMS, "SMS by a gateway.", absent="not set"),
        Field("webhook", WEBHOOK, "Signed calls to a system of the shop's own.", absent="not set"),
    )
)  # fmt: skip
