# shellcheck shell=bash
# Loads the library, and prepares what commands work with.

LIB=$(dirname "${BASH_SOURCE[0]}")
source "$LIB/common.sh"
source "$LIB/packages.sh"
source "$LIB/python.sh"
source "$LIB/node.sh"
source "$LIB/odoo.sh"
source "$LIB/postgres.sh"
source "$LIB/database.sh"

# prepare KIND [COMMAND…]: everything up to a template database of that kind; then has COMMAND take from it what needs
# it to stay as it is.
prepare() {
    local kind=$1
    shift
    find_addons
    begin_build
    need wkhtmltopdf has_any wkhtmltopdf
    need_python
    need_odoo
    need_postgres
    install_missing
    ensure_odoo
    ensure_venv python "$ROOT/requirements.txt"
    configure_odoo
    start_postgres
    ensure_template "$kind"
    "$@"
    end_build
}
