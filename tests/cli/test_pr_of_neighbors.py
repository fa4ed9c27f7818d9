"""Two pull requests that route calls on adjacent lines: the second one is brought up to date by a second run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.git_world import git, git_world
from tests.support.pr_world import MONOLITH, called, pr

_WARN = '\n\n@app.task\ndef warn(to):\n    with smtplib.SMTP("mail.example") as server:\n        server.quit()\n'
_NEAR = "from shop.jobs import tell, warn\n\n\ndef order(to):\n    tell.delay(to)\n    warn.delay(to)\n"


@pytest.mark.thorough
def test_a_second_run_makes_a_branch_fit_the_one_that_was_merged_before(tmp_path: Path) -> None:
    files = {**MONOLITH, "shop/jobs.py": MONOLITH["shop/jobs.py"] + _WARN, "shop/calls.py": _NEAR}
    world = git_world(tmp_path / "world", files)
    for name in ("shop.jobs.tell", "shop.jobs.warn"):
        done = pr(world, name, "--yes")
        assert done.code == 0, done.err
    git(world.other, "fetch", "-q")
    git(world.other, "merge", "-q", "--no-edit", "origin/migrator/shop-jobs-tell")
    git(world.other, "push", "-q", "origin", "HEAD:main")
    said = git(world.other, "merge", "--no-edit", "origin/migrator/shop-jobs-warn", check=False)
    assert "CONFLICT (content): Merge conflict in shop/calls.py" in said
    git(world.other, "merge", "--abort")

    again = pr(world, "shop.jobs.warn", "--yes")
    assert again.code == 0, again.err
    git(world.other, "fetch", "-q")
    git(world.other, "merge", "-q", "--no-edit", "origin/migrator/shop-jobs-warn")
    text = (world.other / "shop" / "calls.py").read_text()
    assert text.count("migrator_seam.task(") == 2 and text.count("import migrator_seam") == 1
    assert called("seam", "remove", "--root", str(world.other), "--yes").code == 0
    assert (world.other / "shop" / "calls.py").read_text() == _NEAR
