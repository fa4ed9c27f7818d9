#!/usr/bin/env bash
# Renews the pins: a fresh environment takes the newest releases that fit, and what it got is written down.
set -eu
python=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" -m venv "$work/product"
"$work/product/bin/pip" install --quiet --disable-pip-version-check -e '.[local,dev]' -r sample_monolith/requirements.txt
{
  echo "# Every distribution of the environment, pinned. Renewed by make lock; reviewed as a diff."
  "$work/product/bin/pip" freeze --exclude-editable --exclude migrator
} > "$work/constraints.txt"

"$python" -m venv "$work/tools"
# From 0.38 on check-jsonschema needs click 8.2 and says so nowhere; the SAM CLI holds click at 8.1.
"$work/tools/bin/pip" install --quiet --disable-pip-version-check \
  aws-sam-cli awscli checkov parliament cloudsplaining pip-audit 'check-jsonschema<0.38'
{
  echo "# Tools that are only run as programs: AWS SAM (it also carries the Lambda runtime emulator) and what checks a service."
  echo "# Renewed by make lock; reviewed as a diff."
  "$work/tools/bin/pip" freeze
} > "$work/requirements-tools.txt"

"$python" -m venv "$work/stack"
"$work/stack/bin/pip" install --quiet --disable-pip-version-check ministack
{
  echo "# ministack, a control plane of AWS on this machine that also runs functions; only tests run it, as a program."
  echo "# Renewed by make lock; reviewed as a diff."
  "$work/stack/bin/pip" freeze
} > "$work/requirements-stack.txt"

"$python" -m venv "$work/load"
"$work/load/bin/pip" install --quiet --disable-pip-version-check 'locust>=2.47,<3' boto3
{
  echo "# Locust, which the load tests of generated services are written for; only tests run it, as a program. It brings a plug-in of pytest."
  echo "# Renewed by make lock; reviewed as a diff."
  "$work/load/bin/pip" freeze
} > "$work/requirements-load.txt"

# The described libraries are only resolved here; their groups and comments stay.
"$python" tools/knowledge_pins.py names requirements-knowledge.txt > "$work/names.txt"
"$work/tools/bin/pip" install --quiet --disable-pip-version-check --dry-run --ignore-installed \
  --report "$work/report.json" -r "$work/names.txt"
"$python" tools/knowledge_pins.py pin requirements-knowledge.txt "$work/report.json" > "$work/requirements-knowledge.txt"

mv "$work/constraints.txt" constraints.txt
mv "$work/requirements-knowledge.txt" requirements-knowledge.txt
mv "$work/requirements-tools.txt" requirements-tools.txt
mv "$work/requirements-stack.txt" requirements-stack.txt
mv "$work/requirements-load.txt" requirements-load.txt
