"""Files that outlive a server: S3 in production, anything that speaks S3 elsewhere."""

from __future__ import annotations

from typing import IO, Any

from shop import settings


def make_client() -> Any:
    # importing boto3 takes a third of a second, and most processes never need it
    import boto3

    return boto3.client(
        "s3",
        region_name=settings.AWS_REGION,
        endpoint_url=settings.S3_ENDPOINT_URL,
    )


class ObjectMissing(Exception):
    """There is nothing under that key."""


class ObjectStore:
    def __init__(self, bucket: str, client: Any = None) -> None:
        self.bucket = bucket
        self.client = client or make_client()

    def put(self, key: str, body: bytes, content_type: str) -> str:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=content_type)
        return f"s3://{self.bucket}/{key}"

    def get(self, key: str) -> bytes:
        try:
            return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except self.client.exceptions.NoSuchKey:
            raise ObjectMissing(f"s3://{self.bucket}/{key}") from None

    def get_file(self, key: str, file: IO[bytes]) -> None:
        """Download into an open file, in parts when it is large."""
        self.client.download_fileobj(self.bucket, key, file)

    def put_file(self, key: str, file: IO[bytes]) -> str:
        """Upload an open file from where it stands, in parts when it is large."""
        self.client.upload_fileobj(file, self.bucket, key)
        return f"s3://{self.bucket}/{key}"
