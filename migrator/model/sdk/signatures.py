"""What boto3 and s3transfer add to the SDK by hand, which stands in no data of theirs: transfers, signatures, silence.

In: nothing. Out: tables, each with the file that it was read from.
"""

from __future__ import annotations

from collections.abc import Mapping

UPLOAD = ("AbortMultipartUpload", "CompleteMultipartUpload", "CreateMultipartUpload", "PutObject", "UploadPart")
DOWNLOAD = ("GetObject", "HeadObject")
COPY = ("AbortMultipartUpload", "CompleteMultipartUpload", "CopyObject", "CreateMultipartUpload", "UploadPartCopy")
LARGE_FILES: Mapping[str, tuple[str, ...]] = {
    "upload_file": UPLOAD,
    "upload_fileobj": UPLOAD,
    "upload": UPLOAD,
    "download_file": DOWNLOAD,
    "download_fileobj": DOWNLOAD,
    "download": DOWNLOAD,
    "copy": COPY,
    "delete": ("DeleteObject",),
}
"""Transfers, and what they may send: `s3transfer` 0.19 (`upload.py`, `download.py`, `copies.py`, `delete.py`), which
takes several parts from a size on. The copying of tags asks for more only where the call says so."""

SIGNATURES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("client", "upload_file"): ("Filename", "Bucket", "Key", "ExtraArgs"),
    ("client", "upload_fileobj"): ("Fileobj", "Bucket", "Key", "ExtraArgs"),
    ("client", "download_file"): ("Bucket", "Key", "Filename", "ExtraArgs"),
    ("client", "download_fileobj"): ("Bucket", "Key", "Fileobj", "ExtraArgs"),
    ("client", "copy"): ("CopySource", "Bucket", "Key", "ExtraArgs"),
    ("client", "generate_presigned_url"): ("ClientMethod", "Params", "ExpiresIn", "HttpMethod"),
    ("client", "generate_presigned_post"): ("Bucket", "Key", "Fields", "Conditions", "ExpiresIn"),
    ("client", "get_paginator"): ("operation_name",),
    ("client", "get_waiter"): ("waiter_name",),
    ("Bucket", "upload_file"): ("Filename", "Key", "ExtraArgs"),
    ("Bucket", "upload_fileobj"): ("Fileobj", "Key", "ExtraArgs"),
    ("Bucket", "download_file"): ("Key", "Filename", "ExtraArgs"),
    ("Bucket", "download_fileobj"): ("Key", "Fileobj", "ExtraArgs"),
    ("Bucket", "copy"): ("CopySource", "Key", "ExtraArgs"),
    ("Object", "upload_file"): ("Filename", "ExtraArgs"),
    ("Object", "upload_fileobj"): ("Fileobj", "ExtraArgs"),
    ("Object", "download_file"): ("Filename", "ExtraArgs"),
    ("Object", "download_fileobj"): ("Fileobj", "ExtraArgs"),
    ("Object", "copy"): ("CopySource", "ExtraArgs"),
    ("transfer", "upload_file"): ("filename", "Bucket", "Key", "callback", "ExtraArgs"),
    ("transfer", "download_file"): ("Bucket", "Key", "filename", "ExtraArgs"),
    ("transfer", "upload"): ("fileobj", "Bucket", "Key", "ExtraArgs"),
    ("transfer", "download"): ("Bucket", "Key", "fileobj", "ExtraArgs"),
    ("transfer", "copy"): ("CopySource", "Bucket", "Key", "ExtraArgs"),
    ("transfer", "delete"): ("Bucket", "Key", "ExtraArgs"),
}
"""Parameters of what boto3 adds by hand, in their order; `boto3/s3/inject.py`, `boto3/s3/transfer.py`,
`s3transfer/manager.py`, `botocore/signers.py`."""

ADDED_METHODS = frozenset(name for _, name in SIGNATURES)
"""Methods that boto3 adds by hand."""

LOWER_CASE = {"bucket": "Bucket", "key": "Key", "copy_source": "CopySource", "extra_args": "ExtraArgs"}
NOT_SENT = frozenset({"ExtraArgs", "Filename", "Fileobj", "Callback", "Config", "SourceClient", "filename", "fileobj"})

SILENT_CLIENT = frozenset(
    {"can_paginate", "close", "exceptions", "get_paginator", "get_waiter", "meta", "waiter_names", "__enter__",
     "__exit__", "__aenter__", "__aexit__"}
)  # fmt: skip
SILENT_RESOURCE = frozenset({"get_available_subresources", "meta", "__enter__", "__aenter__"})
CHAINED_METHODS = frozenset({"all", "filter", "limit", "page_size", "pages"})
TAGS = {"create_tags": "CreateTags", "delete_tags": "DeleteTags"}
"""Of every resource of EC2: `boto3/ec2/createtags.py`, `deletetags.py`."""
SIGNED = {
    "generate_db_auth_token": "signs a login to a database, which needs rds-db:connect",
    "generate_db_connect_auth_token": "signs a login to a database, which needs dsql:DbConnect",
    "generate_db_connect_admin_auth_token": "signs a login to a database, which needs dsql:DbConnectAdmin",
}
