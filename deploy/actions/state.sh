#!/usr/bin/env bash
# Keep the state folder between runs in a branch of its own, with one commit: `state.sh fetch` before, `state.sh keep` after.
# What a run makes anew is not kept: the warehouse files (GitHub takes no file beyond 100 MB), caches, Dagster's logs, the outbox.
set -euo pipefail
branch=${STATE_BRANCH:-state}
home=${DEFLATION_HOME:?set DEFLATION_HOME to the state folder}
remote=${STATE_REMOTE:-$(git remote get-url origin)}
case "${1:-}" in
  fetch)
    if git ls-remote --exit-code --heads "$remote" "$branch" >/dev/null; then
      git clone --quiet --depth 1 --branch "$branch" "$remote" "$home"
      rm -rf "$home/.git"
    else
      mkdir -p "$home"
    fi ;;
  keep)
    kept=$(mktemp -d)
    trap 'rm -rf "$kept"' EXIT
    git -C "$kept" init --quiet --initial-branch "$branch"
    for part in archive issued site state.json ledger.sqlite ledger.sqlite.id subscribers.sqlite subscribers.sqlite.id set_aside.jsonl; do
      if [ -e "$home/$part" ]; then cp -a "$home/$part" "$kept/"; fi
    done
    git -C "$kept" add -A
    git -C "$kept" -c user.name=deflation -c user.email=deflation@users.noreply.github.com commit --quiet --allow-empty -m "State of $(date -u +%F)"
    git -C "$kept" push --quiet --force "$remote" "HEAD:$branch" ;;
  *) echo "usage: state.sh fetch|keep" >&2; exit 2 ;;
esac
