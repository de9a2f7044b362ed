#!/usr/bin/env bash
# One issue a broken source, opened once and told the remedy; needs `gh` with GH_TOKEN (or GH set to a stand-in).
set -euo pipefail
gh=${GH:-gh}
deflation=${DEFLATION:-.venv/bin/deflation}
"$deflation" query "from core.vintage" >/dev/null || { echo "nothing is published; the run's own log says why"; exit 0; }
"$deflation" query "select source, message from marts.data_health where status = 'failed' order by source" --format csv | tail -n +2 |
while IFS=, read -r source message; do
  title="source broken: $source"
  if [ -z "$("$gh" issue list --state open --search "in:title \"$title\"" --json number --jq '.[].number')" ]; then
    printf '    %s\n\nRun `deflation sources --broken` for the remedy and the command that reproduces it.\n' "$message" | "$gh" issue create --title "$title" --body-file -
  fi
done
