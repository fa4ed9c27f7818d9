"""Writing a service folder: whole or not at all, never over what somebody else wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.artifacts import Artifacts, load_manifest, make_artifacts, preview, write
from migrator.artifacts.service import MANIFEST
from migrator.documents.manifest import CODEC
from migrator.domain.plans import Manifest, WrittenFile
from migrator.errors import InputError, Refused
from tests.support.slices import planned

TEXTS = {"README.md": "one\n", "src/app.py": "two\n", "src/shop/tax.py": "three\n"}


def artifacts(texts: Mapping[str, str] = TEXTS) -> Artifacts:
    files = tuple(WrittenFile(path, hashlib.sha256(text.encode()).hexdigest()) for path, text in sorted(texts.items()))
    manifest = Manifest("shop.view", "hash", {}, files)
    return Artifacts("service", {**texts, MANIFEST: CODEC.dump_text(manifest)}, manifest)


def everything(folder: Path) -> dict[str, str]:
    """The files, without what is kept for the next run."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != ".migrator"
    }


def test_a_new_folder_has_the_files_and_nothing_else(tmp_path: Path) -> None:
    made = artifacts()
    result = write(made, tmp_path / "a" / "service")
    assert everything(tmp_path / "a" / "service") == dict(made.files)
    assert sorted(result.created) == sorted(made.files)
    assert load_manifest(tmp_path / "a" / "service") == made.manifest


def test_the_same_again_touches_nothing(tmp_path: Path) -> None:
    write(artifacts(), tmp_path)
    result = write(artifacts(), tmp_path)
    assert sorted(result.unchanged) == sorted(artifacts().files)


def test_own_files_are_renewed_and_old_ones_removed(tmp_path: Path) -> None:
    write(artifacts(), tmp_path)
    result = write(artifacts({"README.md": "one\n", "src/app.py": "new\n"}), tmp_path)
    assert result.removed == ("src/shop/tax.py",)
    assert set(everything(tmp_path)) == {"README.md", "src/app.py", MANIFEST}
    assert (tmp_path / "src/app.py").read_text() == "new\n"


def test_a_hand_edit_of_what_is_generated_otherwise_stops_everything(tmp_path: Path) -> None:
    write(artifacts(), tmp_path)
    (tmp_path / "src/app.py").write_text("mine\n")
    before = everything(tmp_path)
    with pytest.raises(Refused, match=r"src/app\.py: edited since it was generated"):
        write(artifacts({**TEXTS, "README.md": "new\n", "src/app.py": "new\n"}), tmp_path)
    assert everything(tmp_path) == before


def test_a_hand_edit_of_a_file_that_goes_away_stops_it_too(tmp_path: Path) -> None:
    write(artifacts(), tmp_path)
    (tmp_path / "src/shop/tax.py").write_text("mine\n")
    with pytest.raises(Refused, match=r"src/shop/tax\.py"):
        write(artifacts({"README.md": "one\n"}), tmp_path)
    assert (tmp_path / "src/shop/tax.py").read_text() == "mine\n"


def test_a_foreign_file_stops_everything_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("theirs\n")
    (tmp_path / "notes.txt").write_text("theirs\n")
    with pytest.raises(Refused, match=r"README\.md: not written by migrator"):
        write(artifacts(), tmp_path)
    assert set(everything(tmp_path)) == {"README.md", "notes.txt"}
    write(artifacts(), tmp_path, force=True)
    assert everything(tmp_path) == {**artifacts().files, "notes.txt": "theirs\n"}


def test_a_folder_where_a_file_should_be_leaves_no_new_folder(tmp_path: Path) -> None:
    made = artifacts({"src": "file\n", "src/app.py": "two\n"})
    with pytest.raises(InputError):
        write(made, tmp_path / "service")
    assert not (tmp_path / "service").exists()


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="not a folder"):
        preview(artifacts(), tmp_path / "file")


@pytest.mark.parametrize("path", ["../out.txt", "/etc/out.txt", "link/out.txt"])
def test_no_path_leads_out_of_the_folder(path: str, tmp_path: Path) -> None:
    (tmp_path / "service").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "service" / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="leads out of the folder"):
        write(artifacts({path: "x\n"}), tmp_path / "service")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_manifest_that_lies_removes_nothing_outside(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("x")
    made = artifacts()
    digest = hashlib.sha256(b"x").hexdigest()
    lying = replace(made.manifest, files=(WrittenFile("../victim", digest),))
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / MANIFEST).write_text(CODEC.dump_text(lying))
    with pytest.raises(InputError, match="leads out of the folder"):
        write(made, tmp_path / "service")
    assert victim.exists()


def test_an_unchanged_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    files = {"shop.py": "from rates import LOW\n\ndef view(a, b):\n    return {'x': LOW}\n", "rates.py": "LOW = 1\n"}
    first, second = (
        make_artifacts(planned(tmp_path / str(turn), files, "shop.view", paths=["/<a>/<int:b>"])) for turn in (1, 2)
    )
    assert first == second
