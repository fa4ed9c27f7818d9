"""Settings, read once from the environment when the process starts.

Everything has a default that works on a laptop with nothing else running:
SQLite, an in-process cache, Celery in eager mode and mail written to the log.
Production sets the SHOP_* variables in /etc/shop/env.
"""

import os
from pathlib import Path


def _flag(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    return value.strip().lower() in {"1", "true", "yes", "on"}


BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("SHOP_VAR_DIR", BASE_DIR / "var"))

ENV = os.environ.get("SHOP_ENV", "dev")
SECRET_KEY = os.environ.get("SHOP_SECRET_KEY", "dev-only-not-a-secret")

# "sqlite://" (nothing after the slashes) keeps everything in memory
DATABASE_URL = os.environ.get("SHOP_DATABASE_URL", f"sqlite:///{VAR_DIR / 'shop.sqlite3'}")

CACHE_TYPE = os.environ.get("SHOP_CACHE_TYPE", "SimpleCache")
CACHE_REDIS_URL = os.environ.get("SHOP_CACHE_REDIS_URL", "")
PRICING_RULES_TTL = 120

BROKER_URL = os.environ.get("SHOP_BROKER_URL", "memory://localhost/")
TASKS_EAGER = _flag("SHOP_TASKS_EAGER", BROKER_URL.startswith("memory:"))

MAIL_ENABLED = _flag("SHOP_MAIL_ENABLED", False)
SMTP_HOST = os.environ.get("SHOP_SMTP_HOST", "127.0.0.1")
SMTP_PORT = int(os.environ.get("SHOP_SMTP_PORT", "25"))
MAIL_FROM = "Nordlicht Outdoor <service@nordlicht.example>"

AWS_REGION = os.environ.get("SHOP_AWS_REGION", "eu-central-1")
S3_ENDPOINT_URL = os.environ.get("SHOP_S3_ENDPOINT_URL") or None
REPORT_BUCKET = os.environ.get("SHOP_REPORT_BUCKET", "nordlicht-reports")
UPLOAD_BUCKET = os.environ.get("SHOP_UPLOAD_BUCKET", "nordlicht-uploads")
MEDIA_BUCKET = os.environ.get("SHOP_MEDIA_BUCKET", "nordlicht-media")
MODEL_BUCKET = os.environ.get("SHOP_MODEL_BUCKET", "nordlicht-models")
# 2.7 GB: the customer embeddings are part of the model
CREDIT_MODEL = os.environ.get("SHOP_CREDIT_MODEL", "credit/2025-11/model.onnx")

KINESIS_ENDPOINT_URL = os.environ.get("SHOP_KINESIS_ENDPOINT_URL") or None
VISITS_STREAM = os.environ.get("SHOP_VISITS_STREAM", "nordlicht-visits")

# the ERP picks up whatever lands in here every quarter of an hour
EXPORT_DIR = Path(os.environ.get("SHOP_EXPORT_DIR", VAR_DIR / "export"))
MEDIA_DIR = Path(os.environ.get("SHOP_MEDIA_DIR", VAR_DIR / "media"))

SUPPLIER_FEED_URL = os.environ.get("SHOP_SUPPLIER_FEED_URL", "http://127.0.0.1:8099/feed.json")
CHAT_API_URL = os.environ.get("SHOP_CHAT_API_URL", "http://127.0.0.1:8099/chat")
ERP_URL = os.environ.get("SHOP_ERP_URL", "http://127.0.0.1:8099/erp")
REPUTATION_URL = os.environ.get("SHOP_REPUTATION_URL", "http://127.0.0.1:8099/reputation")

ADMIN_API_KEY = os.environ.get("SHOP_ADMIN_API_KEY", "dev-admin-key")
LABEL_PRINTER = os.environ.get("SHOP_LABEL_PRINTER", "warehouse-zebra-1")
PURCHASING_MAIL = os.environ.get("SHOP_PURCHASING_MAIL", "purchasing@nordlicht.example")
FFMPEG = os.environ.get("SHOP_FFMPEG", "ffmpeg")

CURRENCY = "EUR"
PAGE_SIZE = 20
UNPAID_AFTER_HOURS = 48
KEEP_EXPORTS_DAYS = 14
MAX_UPLOAD_BYTES = 5 * 1024 * 1024
TRANSCODE_SECONDS = 10 * 60
VISIT_ENDS_AFTER_SECONDS = 30 * 60
FRAUD_REVIEW_CHANNEL = "fraud-desk"
FRAUD_REVIEW_HOURS = 24
