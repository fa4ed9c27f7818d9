import os

INBOX = os.environ.get("DESK_INBOX", "/var/lib/desk")
