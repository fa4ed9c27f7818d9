"""Messages of commits do nothing, addresses hide who asks, and git's words become errors with a mend."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.adapters.repositories.addresses import printable, public_address, without_credentials
from migrator.adapters.repositories.messages import message, trailer_value
from migrator.adapters.repositories.refusals import local_error, own_words, remote_error, signing_error
from migrator.adapters.repositories.running import Said
from migrator.errors import InputError, MigratorError, Refused, RemoteError

TRAILERS = (("Migrator-Candidate", "shop.tax"), ("Migrator-Stage", "move"))


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        ("Add it", "", "Add it\n"),
        ("Add\nit\r\n", "one\n\ntwo", "Add it\n\none\n\ntwo\n"),
        ("# no comment", "# nor here\n---\ndiff --git a b", " # no comment\n\n # nor here\n ---\n diff --git a b\n"),
        ("Closes #12, gh-3, !4 for @ada", "x@example.org", "Closes # 12, gh- 3, ! 4 for @ ada\n\nx@example.org\n"),
        ("a\x1b[31mred\u202e", "\0\u200b", "a [31mred\n"),
        ("x" * 600, "", "x" * 500 + "\n"),
    ],
)
def test_a_message_is_inert(subject: str, body: str, expected: str) -> None:
    assert message(subject, body, ()).decode() == expected


def test_a_message_without_a_subject_is_refused() -> None:
    with pytest.raises(InputError, match="no subject"):
        message("\n\t", "body", TRAILERS)


HOSTILE = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["Migrator-Candidate: other", "#", "---", "\n", "\n\n", "\r", "\x00", "fixes #1", "@ada", "diff ", "ü", "From "]
    )
).map("".join)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_in_a_message_ends_it_or_passes_for_a_trailer(subject: str, body: str, value: str) -> None:
    text = message(f"Add {subject}", body, (("Migrator-Candidate", value), ("Migrator-Stage", "move"))).decode()
    *paragraphs, last = text.rstrip("\n").split("\n\n")
    assert last.splitlines() == [f"Migrator-Candidate: {trailer_value(value)}", "Migrator-Stage: move"]
    assert "\n" not in paragraphs[0]
    assert not [char for char in text if char != "\n" and not char.isprintable()]
    for line in text.splitlines():
        assert not line.startswith(("#", "---", "diff "))


@pytest.mark.parametrize("body", ["Migrator-Candidate: other", "text\n\nMigrator-Candidate: other\nMigrator-Stage: x"])
def test_git_reads_our_trailers_and_no_others(body: str) -> None:
    text = message("Add it", body, TRAILERS)
    parsed = subprocess.run(["git", "interpret-trailers", "--parse"], input=text, capture_output=True, check=True)
    assert parsed.stdout.decode() == "Migrator-Candidate: shop.tax\nMigrator-Stage: move\n"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("https://github.com/shop/monolith.git", "https://github.com/shop/monolith.git"),
        ("https://ada:s3cret@github.com/shop/monolith.git", "https://github.com/shop/monolith.git"),
        ("https://x-access-token:ghs_s3cret@ghe.example:8443/o/r", "https://ghe.example:8443/o/r"),
        ("https://ada:s3cr@et@host/o/r", "https://host/o/r"),
        ("https://host/o/r.git?private_token=s3cret#s3cret", "https://host/o/r.git"),
        ("git@github.com:shop/monolith.git", "github.com:shop/monolith.git"),
        ("ssh://git@host:2222/o/r.git", "ssh://host:2222/o/r.git"),
        ("../remote.git", "../remote.git"),
        ("/srv/git/a@b.git", "/srv/git/a@b.git"),
    ],
)
def test_an_address_has_nobody_s_name_in_it(address: str, public: str) -> None:
    assert public_address(address) == public


@given(st.text(alphabet=st.characters(exclude_characters="/ \t\n\r'\"", exclude_categories=["C", "Z"]), min_size=5))
def test_no_password_is_left_in_what_git_says(secret: str) -> None:
    said = f"fatal: unable to access 'https://ada:{secret}@host.example/o/r.git/': Could not resolve host"
    assert secret not in without_credentials(said).replace("host.example/o/r.git", "").replace(
        "fatal: unable to access", ""
    ).replace("Could not resolve host", "")


def test_what_a_remote_says_cannot_drive_the_terminal() -> None:
    assert printable("remote: \x1b]0;title\x07\nnext\x9b") == "remote:  ]0;title \nnext "
    assert own_words("remote: no\nhint: git push --force\n" + "x\n" * 9).count("\n") == 5
    assert "--force" not in own_words("remote: no\nhint: git push --force\n")


def push_said(words: str, errors: str = "") -> Said:
    return Said(1, f"To origin\n!\tabc:refs/heads/topic\t{words}\nDone\n".encode(), errors)


REMOTE_CASES: list[tuple[str, Said, type[MigratorError], str]] = [
    ("protected on GitHub", push_said("[remote rejected] (protected branch hook declined)", "remote: error: GH006: Protected branch update failed for refs/heads/topic."), Refused, "protects the branch topic"),
    ("ruled out on GitHub", push_said("[remote rejected] (push declined due to repository rule violations)", "remote: error: GH013: Repository rule violations found for refs/heads/topic."), Refused, "protects"),
    ("protected on GitLab", push_said("[remote rejected] (pre-receive hook declined)", "remote: GitLab: You are not allowed to push code to protected branches on this project."), Refused, "protects"),
    ("a hook", push_said("[remote rejected] (pre-receive hook declined)", "remote: ticket missing"), Refused, "turned the branch topic away"),
    ("objects of LFS", push_said("[remote rejected] (pre-receive hook declined)", "remote: error: GH008: Your push referenced at least 1 unknown Git LFS object:"), Refused, "objects of LFS"),
    ("somebody was faster", push_said("[rejected] (stale info)"), Refused, "changed on origin meanwhile"),
    ("somebody is just pushing", push_said("[remote rejected] (cannot lock ref 'refs/heads/topic': is at 1 but expected 2)"), Refused, "meanwhile"),
    ("it would lose commits", push_said("[rejected] (non-fast-forward)"), Refused, "meanwhile"),
    ("no credentials", Said(128, b"", "fatal: could not read Username for 'https://github.com': terminal prompts disabled"), InputError, "who you are"),
    ("wrong credentials", Said(128, b"", "remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://gitlab.com/o/r/'"), InputError, "who you are"),
    ("a key that is not taken", Said(128, b"", "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository."), InputError, "ssh key"),
    ("a host nobody knows", Said(128, b"", "Host key verification failed.\nfatal: Could not read from remote repository."), InputError, "ssh key"),
    ("no rights", Said(128, b"", "remote: Permission to shop/monolith.git denied to ada.\nfatal: unable to access 'https://github.com/shop/monolith.git/': The requested URL returned error: 403"), InputError, "no rights"),
    ("no rights for a token", Said(128, b"", "remote: Write access to repository not granted.\nfatal: unable to access 'https://github.com/o/r/': The requested URL returned error: 403"), InputError, "no rights"),
    ("no repository", Said(128, b"", "remote: Repository not found.\nfatal: repository 'https://github.com/o/r.git/' not found"), InputError, "no repository at the address"),
    ("no repository on disk", Said(128, b"", "fatal: '../gone.git' does not appear to be a git repository\nfatal: Could not read from remote repository."), InputError, "no repository at the address"),
    ("a protocol that is forbidden", Said(128, b"", "fatal: transport 'ext' not allowed"), InputError, "protocol"),
    ("a certificate", Said(128, b"", "fatal: unable to access 'https://host/': SSL certificate problem: self-signed certificate"), RemoteError, "certificate"),
    ("no such host", Said(128, b"", "fatal: unable to access 'https://host/': Could not resolve host: host"), RemoteError, "cannot be reached"),
    ("no such host by ssh", Said(128, b"", "ssh: Could not resolve hostname host: Name or service not known"), RemoteError, "cannot be reached"),
    ("cut off", Said(128, b"", "fatal: the remote end hung up unexpectedly\nfatal: early EOF"), RemoteError, "cannot be reached"),
    ("down", Said(128, b"", "fatal: unable to access 'https://host/o/r/': The requested URL returned error: 503"), RemoteError, "cannot be reached"),
    ("silent", Said(None, b"", ""), RemoteError, "did not answer in time"),
    ("anything else", Said(128, b"", "fatal: new words of git"), RemoteError, "git failed on origin"),
]  # fmt: skip
TRY_AGAIN = {"no such host", "no such host by ssh", "cut off", "down", "silent"}


@pytest.mark.parametrize(("name", "said", "kind", "message"), REMOTE_CASES, ids=[case[0] for case in REMOTE_CASES])
def test_what_a_remote_says_has_a_meaning(name: str, said: Said, kind: type[MigratorError], message: str) -> None:
    error = remote_error(said, "origin", "topic")
    assert type(error) is kind
    assert message in error.message
    assert error.hint
    assert isinstance(error, RemoteError) is (kind is RemoteError)
    assert getattr(error, "retryable", False) is (name in TRY_AGAIN)


@pytest.mark.parametrize(
    ("errors", "kind", "message"),
    [
        ("fatal: detected dubious ownership in repository at '/srv/monolith'", InputError, "another user"),
        ("fatal: not a git repository (or any of the parent directories): .git", InputError, "no git repository"),
        ("fatal: no email was given and auto-detection is disabled", InputError, "who commits"),
        (
            "error: insufficient permission for adding an object to repository database .git/objects",
            InputError,
            "write",
        ),
        ("fatal: could not fetch 1f from promisor remote", RemoteError, "object of the repository"),
        ("fatal: unable to access 'https://host/': Could not resolve host: host", RemoteError, "cannot be reached"),
        ("fatal: write error: No space left on device", RemoteError, "no space"),
        ("fatal: new words of git", RemoteError, "git could not do it"),
    ],
)
def test_what_git_says_of_the_clone_has_a_meaning(errors: str, kind: type[MigratorError], message: str) -> None:
    error = local_error(Said(128, b"", errors), "do it")
    assert type(error) is kind
    assert message in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        (Said(128, b"", "error: gpg failed to sign the data"), InputError, "signing failed"),
        (Said(128, b"", "error: cannot run some-signer: No such file or directory"), InputError, "signing failed"),
        (Said(128, b"", "fatal: no email was given and auto-detection is disabled"), InputError, "who commits"),
        (Said(None, b"", ""), RemoteError, "in time"),
    ],
)
def test_a_commit_that_could_not_be_signed(said: Said, kind: type[MigratorError], message: str) -> None:
    error = signing_error(said)
    assert type(error) is kind
    assert message in error.message
