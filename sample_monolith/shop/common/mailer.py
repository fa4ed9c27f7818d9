"""Outgoing mail."""

from __future__ import annotations

import logging
import smtplib
from email.message import EmailMessage
from importlib import resources
from string import Template

from shop import settings

log = logging.getLogger(__name__)


def render(template: str, **values: object) -> str:
    """Fill one of the texts in shop/mail_templates."""
    text = resources.files("shop").joinpath("mail_templates", template).read_text("utf-8")
    return Template(text).substitute({key: str(value) for key, value in values.items()})


def send(to: str, subject: str, body: str) -> None:
    message = EmailMessage()
    message["From"] = settings.MAIL_FROM
    message["To"] = to
    message["Subject"] = subject
    message.set_content(body)
    if not settings.MAIL_ENABLED:
        log.info("mail is off, not sending %r to %s", subject, to)
        return
    with smtplib.SMTP(settings.SMTP_HOST, settings.SMTP_PORT, timeout=10) as smtp:
        smtp.send_message(message)
