"""What a column of a file can mean, in words for sellers, in the order in which it is offered."""

from __future__ import annotations

from collections.abc import Mapping

from thang.web.words.catalogue import noted

ROLE_WORDS: Mapping[str, str] = {
    "order_id": noted("Order number"),
    "at": noted("Date of the order"),
    "amount": noted("Total of the order"),
    "status": noted("Status of the order"),
    "customer_id": noted("Customer number or account"),
    "phone": noted("Phone"),
    "email": noted("E-mail"),
    "name": noted("Customer's name"),
    "address": noted("Address"),
    "shipping": noted("Shipping fee (taken off the total)"),
    "tax": noted("Tax (taken off the total)"),
    "currency": noted("Currency"),
    "product": noted("Product"),
    "quantity": noted("Quantity"),
    "price": noted("Price of one piece"),
    "note": noted("Note"),
    "country": noted("Country"),
    "kind": noted("Kind of event"),
    "grade": noted("Stars of a review"),
    "message_id": noted("Number of the event"),
}
