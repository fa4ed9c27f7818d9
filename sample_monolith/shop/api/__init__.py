"""The public JSON API (api.nordlicht.example, behind the CDN)."""
