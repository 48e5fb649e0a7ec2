# shellcheck shell=bash
# What every command needs: where things are, messages, running and locking, steps that are built once.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/returns-management
LOGS=$CACHE/log
mkdir -p "$CACHE" "$LOGS"
CACHE=$(cd "$CACHE" && pwd -P)

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

die() {
    printf '\033[1;31mError:\033[0m %s\n' "$*" >&2
    exit 1
}

is_root() { ((EUID == 0)); }

# A short name for the text on standard input: the key of what is made from it.
hash_of() { sha256sum | cut -c1-12; }

# --- Ending -----------------------------------------------------------------------------------------------------------

# Commands to run when the script ends, however it ends; the last one added runs first.
at_exit=()
run_at_exit() {
    local status=$? i
    trap '' HUP INT TERM
    set +e
    for ((i = ${#at_exit[@]} - 1; i >= 0; i--)); do
        ${at_exit[i]}
    done
    exit "$status"
}
trap run_at_exit EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

child=

# Starts a program in the background. In a session of its own it does not see Ctrl-C: it is for us to stop it, once. If
# we get killed, the system stops it.
start() {
    setsid setpriv --pdeathsig TERM "$@" &
    child=$!
}

# Runs a program and waits for it in the way in which bash obeys Ctrl-C and SIGTERM at once.
run() {
    local status=0
    start "$@"
    wait "$child" || status=$?
    child=
    return "$status"
}

stop_child() {
    [[ -z $child ]] && return
    kill "$child" 2>/dev/null
    wait "$child" 2>/dev/null
}
at_exit+=(stop_child)

# logged NAME PROGRAM…: runs the program with its output in the log NAME; shows the end of that when the program fails.
logged() {
    local log=$LOGS/$1.log
    shift
    run "$@" >"$log" 2>&1 || fail_with_log "$log"
}

fail_with_log() {
    tail -n 40 "$1" >&2
    die "That failed. The whole log is $1"
}

# --- Locks ------------------------------------------------------------------------------------------------------------
# File descriptors: 7 = the database in use, 8 = the PostgreSQL cluster in use, 9 = building. The programs that we start
# inherit them, so that a lock outlives a killed script for as long as something that it started runs.

# One run builds at a time; the others wait for it and then find everything done.
begin_build() {
    exec 9>>"$CACHE/build.lock"
    flock --nonblock 9 || {
        say "Waiting for another run that is building …"
        flock 9
    }
}

end_build() { flock --unlock 9; }

# build_step FOLDER COMMAND…: has COMMAND fill the new FOLDER (its last argument), unless that was done before. A folder
# without its marker was left half-way by a run that got killed: it is made again.
build_step() {
    local folder=$1
    shift
    [[ -e $folder/.complete ]] && return
    rm -rf "$folder"
    mkdir -p "$folder"
    "$@" "$folder"
    touch "$folder/.complete"
}

# forget_others FOLDER: removes the folders beside FOLDER, which were made from older sources.
forget_others() { find "$(dirname "$1")" -mindepth 1 -maxdepth 1 ! -name "$(basename "$1")" -exec rm -rf {} +; }
