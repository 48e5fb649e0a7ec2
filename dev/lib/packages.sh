# shellcheck shell=bash
# Debian packages: root installs what is missing, everyone else is told.

missing=()

is_installed() { [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# need PACKAGE [TEST…]: PACKAGE is missing unless TEST succeeds. Testing for the thing itself, where one can, accepts
# what did not come from a Debian package.
need() {
    local package=$1
    shift
    (($#)) || set -- is_installed "$package"
    "$@" &>/dev/null || missing+=("$package")
}

# Any of these commands is there.
has_any() {
    local command
    for command; do
        command -v "$command" >/dev/null && return
    done
    return 1
}

install_missing() {
    ((${#missing[@]})) || return 0
    local install="apt-get install --no-install-recommends ${missing[*]}"
    if ! has_any apt-get; then
        die "This machine lacks what these Debian packages bring; install it in your system's way: ${missing[*]}"
    elif ! is_root; then
        die "These Debian packages are missing: ${missing[*]}
Install them, then run this again:
    sudo apt-get update && sudo $install"
    fi
    say "Installing Debian packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    logged apt-update apt-get update
    # In the foreground and to its end: a package manager should not be interrupted.
    # shellcheck disable=SC2086 # the words of the command
    $install --yes &>"$LOGS/apt-install.log" </dev/null || fail_with_log "$LOGS/apt-install.log"
    missing=()
}
