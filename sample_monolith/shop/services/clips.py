"""Product clips: whatever suppliers send becomes H.264 that every browser plays."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from shop import settings
from shop.common.storage import ObjectStore

HEIGHT = 720


class BadClip(Exception):
    """ffmpeg cannot make anything of it; the text is ffmpeg's last line."""


def transcode(source: Path, target: Path) -> None:
    command = [settings.FFMPEG, "-hide_banner", "-loglevel", "error", "-y", "-i", str(source)]
    command += ["-vf", f"scale=-2:{HEIGHT}", "-c:v", "libx264", "-preset", "fast", "-crf", "23"]
    command += ["-an", "-movflags", "+faststart", str(target)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=settings.TRANSCODE_SECONDS)
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines()
        raise BadClip(lines[-1] if lines else f"exit code {error.returncode}") from error


def store_transcoded(store: ObjectStore, key: str) -> str:
    with tempfile.TemporaryDirectory(prefix="clip-") as folder:
        source = Path(folder, "source")
        target = Path(folder, "clip.mp4")
        with source.open("wb") as file:
            store.get_file(key, file)
        transcode(source, target)
        with target.open("rb") as file:
            return store.put_file(f"clips/{Path(key).stem}.mp4", file)
