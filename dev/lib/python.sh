# shellcheck shell=bash
# The interpreter (PYTHON, 3.10 or later) and virtual environments keyed by what is installed in them.

PYTHON=${PYTHON:-python3}

can_make_venvs() { "$PYTHON" -c 'import ensurepip, venv'; }
has_libmagic() { "$PYTHON" -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library("magic"))'; }

need_python() {
    need libmagic1 has_libmagic # of the package python-magic
    if [[ $PYTHON == python3 ]]; then
        need python3-venv can_make_venvs
    else
        can_make_venvs 2>/dev/null || die "PYTHON=$PYTHON is no Python with the modules venv and ensurepip."
    fi
}

check_python() {
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
        die "$PYTHON is $("$PYTHON" -V); Odoo needs 3.10 or later: choose another interpreter with PYTHON=…"
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info >= (3, 13))' ||
        say "$("$PYTHON" -V) cannot draw barcodes (see requirements.txt): choose 3.10 to 3.12 with PYTHON=…"
}

# make_venv LOG REQUIREMENTS FOLDER
make_venv() {
    logged "$1" "$PYTHON" -m venv "$3"
    logged "$1" "$3/bin/python" -m pip install --disable-pip-version-check --requirement "$2"
}

# ensure_venv NAME REQUIREMENTS: sets $venv to the folder of an environment with these requirements.
venv=
ensure_venv() {
    local key
    check_python
    key=$({ "$PYTHON" -c 'import sys; print(sys.executable, sys.version)' && cat "$2"; } | hash_of)
    venv=$CACHE/$1/$key
    [[ -e $venv/.complete ]] || say "Installing the Python packages of ${2#"$ROOT"/}"
    build_step "$venv" make_venv "$1" "$2"
    forget_others "$venv"
}
