"""Libraries that leave the machine, by the effect that this has: what the guards of mirrored calls are told.

In: nothing. Out: tables. What the effect of a single call is, for the analysis, stands in `migrator.knowledge`; here is
only whose socket is whose, for code that runs.
"""

from __future__ import annotations

from collections.abc import Mapping

# Effect to packages. "cache", "object-storage" and "network" are no effects that a route may allow.
USERS: Mapping[str, tuple[str, ...]] = {
    "cache": ("aiomcache", "memcache", "pymemcache", "redis", "valkey"),
    "database": (
        *("aiomysql", "asyncmy", "asyncpg", "cassandra", "clickhouse_connect", "clickhouse_driver", "django.db"),
        *("elasticsearch", "influxdb_client", "motor", "mysql", "neo4j", "opensearchpy", "peewee", "pg8000", "psycopg"),
        *("psycopg2", "pymongo", "pymysql", "pytds", "snowflake", "sqlalchemy", "tortoise", "trino"),
    ),
    "email": (
        *("aiosmtplib", "anymail", "django.core.mail", "flask_mail", "mailjet_rest", "postmarker", "redmail"),
        *("resend", "sendgrid", "smtplib"),
    ),
    "enqueue": (
        *("aio_pika", "aiokafka", "aiormq", "amqp", "arq", "celery", "dramatiq", "huey", "kafka", "kombu", "nats"),
        *("paho", "pika", "procrastinate", "rq", "stomp", "taskiq"),
    ),
    "http-out": (
        *(
            "aiohttp",
            "botocore",
            "googleapiclient",
            "http.client",
            "httpcore",
            "httplib2",
            "httpx",
            "requests",
            "slack_sdk",
        ),
        *("stripe", "treq", "twilio", "urllib.request", "urllib3", "websocket", "websockets", "xmlrpc.client", "zeep"),
    ),
}

# Transports of what `migrator/knowledge/libraries/not_counted.toml` does not count as an effect either.
TELEMETRY = (
    "aws_xray_sdk.core.emitters",
    "datadog.dogstatsd",
    "elasticapm.transport",
    "opentelemetry.exporter",
    "opentelemetry.sdk",
    "sentry_sdk.transport",
    "statsd",
)

# What talks to the world without Python's sockets, so that no hook and no method sees it.
UNSEEN: Mapping[str, str] = {
    **dict.fromkeys(("MySQLdb", "aerospike", "cx_Oracle", "ibm_db", "mysql", "oracledb"), "database"),
    **dict.fromkeys(("psycopg", "psycopg2", "psycopg_pool", "pymssql", "pyodbc", "teradatasql"), "database"),
    **dict.fromkeys(("curl_cffi", "google.cloud", "grpc", "pycurl"), "http-out"),
    **dict.fromkeys(("confluent_kafka", "pulsar", "pymqi", "zmq"), "enqueue"),
    "pylibmc": "cache",
    **dict.fromkeys(("_socket", "eventlet", "gevent", "ldap", "uvloop"), "network"),
}
