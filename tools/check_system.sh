#!/usr/bin/env bash
# Says which system package is missing before pip says it worse. $1: the Python to use.
set -u
python=$1
fail() { echo "error: $1" >&2; echo "  hint: $2" >&2; exit 1; }

command -v "$python" >/dev/null 2>&1 ||
  fail "there is no $python" "install Python 3.11 or later (Debian: apt install python3 python3-venv), or call make PYTHON=/path/to/python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "$("$python" --version 2>&1) is too old" "Python 3.11 or later is needed; call make PYTHON=/path/to/a/newer/python3"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
  fail "this Python cannot make virtual environments" "Debian: apt install python3-venv"
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64 | Linux-aarch64) ;;
  *) echo "note: the local Lambda runtime and Envoy are built for Linux; analysis and extraction work here, make demo does not" >&2 ;;
esac
