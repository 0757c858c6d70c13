"""E-mail by SMTP, as a mailbox provider wants bulk mail to be: one message a person, one click out.

The headers `List-Unsubscribe` and `List-Unsubscribe-Post` are those of RFC 8058. The idempotency
key is the message's id, so that a bounce (RFC 3464) says which message it is of.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from thang.channels.answers import Outcome
from thang.channels.sender import Absent, Busy, Fault, Outgoing, Refused, Sent, Unknown
from thang.river.calendar import moment

SECONDS = 20.0
GREYLISTED = 300  # seconds after which a server that said `later` is asked again
NOBODY = frozenset((550, 551, 553))  # of a recipient; 552 is a full mailbox, 554 a policy


@dataclass(frozen=True)
class Mail:
    """Sends as `sender` by one server; `tls` is `starttls`, `implicit`, or `none` on loopback."""

    host: str
    port: int
    sender: str  # as `Shop <shop@example.vn>`
    user: str = ""
    password: str = ""
    tls: str = "starttls"
    now: Callable[[], int] = lambda: 0
    context: ssl.SSLContext | None = None
    key: str = "email"
    keyed: bool = False
    can_look_up: bool = False

    def send(self, message: Outgoing, idempotency_key: str) -> Outcome:
        """One message to one address."""
        try:
            mail = written(message, self.sender, idempotency_key, self.now())
        except (ValueError, IndexError, MessageError):  # the library stumbles over no address
            return Refused("The address is no e-mail address.", Fault.ADDRESS)
        try:
            server = self._connected()
        except smtplib.SMTPAuthenticationError:
            return Refused("The mail server refuses the password.", Fault.CHANNEL)
        except (OSError, smtplib.SMTPException):
            return Busy()
        try:
            return self._handed(server, mail, message.to)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def look_up(self, idempotency_key: str) -> Sent | Absent | Unknown:
        """A mail server cannot be asked; a bounce may still come."""
        del idempotency_key
        return Unknown("A mail server cannot be asked.")

    def _connected(self) -> smtplib.SMTP:
        context = self.context or ssl.create_default_context()
        if self.tls == "implicit":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        try:
            if self.tls == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server

    def _handed(self, server: smtplib.SMTP, mail: EmailMessage, to: str) -> Outcome:
        """Up to the end of the text nothing was taken; if the line breaks then, nobody knows."""
        try:
            server.ehlo_or_helo_if_needed()
            code, _ = server.mail(parseaddr(self.sender)[1])
            if code == 250:
                code, _ = server.rcpt(to)
            else:
                return _unwanted(code, Fault.CHANNEL)
            if code not in (250, 251):
                return _unwanted(code, Fault.ADDRESS if code in NOBODY else Fault.MESSAGE)
        except (OSError, smtplib.SMTPException):
            return Busy()
        try:
            code, said = server.data(mail.as_bytes(policy=mail.policy.clone(linesep="\r\n")))
        except smtplib.SMTPDataError as error:
            return _unwanted(error.smtp_code, Fault.MESSAGE)
        except (OSError, smtplib.SMTPException) as error:
            return Unknown(type(error).__name__)
        del said  # a server's words may quote the address
        return Sent(str(mail["Message-ID"])) if code == 250 else _unwanted(code, Fault.MESSAGE)


def _unwanted(code: int, fault: Fault) -> Refused | Busy:
    """4xx is `later`, 5xx is never (RFC 5321, section 4.2.1)."""
    if 400 <= code < 500:
        return Busy(GREYLISTED)
    return Refused(f"The mail server refused the message (code {code}).", fault)


def written(message: Outgoing, sender: str, idempotency_key: str, now: int) -> EmailMessage:
    """A message in the form it travels in; ValueError where the address is none."""
    mail = EmailMessage()
    name, own = parseaddr(sender)
    mail["From"] = Address(name, addr_spec=own)
    mail["To"] = Address(addr_spec=message.to)
    mail["Subject"] = " ".join(message.subject.split())
    mail["Date"] = format_datetime(moment(now))
    mail["Message-ID"] = f"<{idempotency_key}@{own.rpartition('@')[2]}>"
    if message.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    return mail
