# shellcheck shell=bash
# Databases. Each kind (test: without demo data, demo: with it) has two templates: `returns_core_KIND_KEY`, what our
# addons depend on, and `returns_KIND_KEY`, our addons too. KEY says what they are made of, so that a change makes new
# ones. Commands work on clones. A database is complete when its comment says so.

CORE_EXTRAS=(sale_management) # nothing depends on it, but it brings the menus of Sales

drop_database() {
    sql postgres "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)" 2>/dev/null
    rm -rf "$DATA/filestore/$1"
}

comment_of() { sql postgres "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$1'"; }

has_database() { [[ $(comment_of "$1") == "$2" && -d $DATA/filestore/$1 ]]; }

# make_database NAME COMMENT COMMAND…: has COMMAND create the database NAME (its last argument).
make_database() {
    local name=$1 comment=$2
    shift 2
    drop_database "$name"
    "$@" "$name"
    sql postgres "COMMENT ON DATABASE \"$name\" IS '$comment'"
}

# The files of a filestore are never written again, so that hard links will do for a copy.
clone_database() {
    createdb --template "$1" "$2"
    cp --archive --link "$DATA/filestore/$1" "$DATA/filestore/$2"
}

# drop_others NAME: drops the other databases whose names differ from NAME only in the key.
drop_others() {
    local name
    for name in $(sql postgres "SELECT datname FROM pg_database WHERE datname ~ '^${1%_*}_[0-9a-f]{12}\$'
                                AND datname != '$1' AND pg_get_userbyid(datdba) = current_user"); do
        drop_database "$name"
    done
}

# Odoo's lines in the log that need a look.
log_problems() { grep -E "^[-0-9]+ [:,0-9]+ [0-9]+ ($1) " "$2"; }

# install KIND LOG MODULES NAME
install() {
    local demo=()
    [[ $1 == demo ]] && demo=(--with-demo)
    logged "$2" "${odoo[@]}" --database "$4" --init "$3" "${demo[@]}" --stop-after-init --no-http
}

install_core() {
    say "Installing what our addons depend on (database template: $1)"
    install "$1" "install-core-$1" "$2" "$3"
    # Returns are about money too: the main company must be able to book.
    local chart
    chart=$(sql "$3" "SELECT chart_template FROM res_company ORDER BY id LIMIT 1")
    [[ -n $chart ]] || die "The main company of $3 got no chart of accounts."
}

install_addons() {
    local kind=$1 core=$2 name=$3
    say "Installing our addons (database template: $kind): ${addons[*]}"
    clone_database "$core" "$name"
    install "$kind" "install-$kind" "$(join "${addons[@]}")" "$name"
    # A problem that is only logged is a problem all the same.
    if log_problems 'WARNING|ERROR|CRITICAL' "$LOGS/install-$kind.log" >&2; then
        die "Our addons installed with the problems above in the log $LOGS/install-$kind.log"
    fi
}

# What our addons consist of, without what needs no new installation.
hash_of_addons() (
    cd "$ROOT"
    find "${addons[@]}" -type f ! -path '*/tests/*' ! -path '*/__pycache__/*' ! -name '*.pot' -print0 | sort --zero-terminated |
        xargs --null sha256sum | hash_of
)

core_template= # with what our addons depend on
template= # with our addons
database= # to work on

# ensure_template KIND: sets $core_template and $template to the names of the databases without and with our addons.
ensure_template() {
    local kind=$1 modules
    modules=$("$PYTHON" "$ROOT/dev/lib/dependencies.py" "$ROOT" "${CORE_EXTRAS[@]}")
    core_template=returns_core_${kind}_$(hash_of <<<"$ODOO_ID $(basename "$venv") $modules")
    template=returns_${kind}_$(hash_of <<<"$core_template $(hash_of_addons)")
    has_database "$core_template" complete || make_database "$core_template" complete install_core "$kind" "$modules"
    has_database "$template" complete || make_database "$template" complete install_addons "$kind" "$core_template"
    drop_others "$core_template"
    drop_others "$template"
}

# Sets $database to a clone of the template for tests, which is dropped when the script ends.
clone_for_run() {
    local lock name
    mkdir -p "$CACHE/runs"
    for lock in "$CACHE"/runs/*; do # clones of runs that were killed: nobody holds their locks
        [[ -e $lock ]] && flock --nonblock "$lock" true && drop_run "$(basename "$lock")" && rm "$lock"
    done
    database=returns_run_$$
    exec 7>>"$CACHE/runs/$database"
    flock 7
    at_exit+=(drop_clone)
    clone_database "$template" "$database"
}

drop_clone() {
    drop_run "$database"
    rm -f "$CACHE/runs/$database"
}

# The clone of a run, and the clones that its processes made of that.
drop_run() {
    local name
    for name in $(sql postgres "SELECT datname FROM pg_database WHERE datname ~ '^$1(-gw[0-9]+)?\$'"); do
        drop_database "$name"
    done
    rm -rf "$DATA/filestore/$1"-gw*
}

# Sets $database to the demo database, made anew if our addons have changed since (or with FRESH=1).
open_demo() {
    database=returns_demo
    mkdir -p "$CACHE/runs"
    exec 7>>"$CACHE/$database.lock"
    if [[ -n ${FRESH:-} ]] || ! has_database "$database" "$template"; then
        flock --nonblock 7 || die "The demo database is out of date, but in use by another 'make demo' or 'make shell':
end that first, then run this again."
        make_database "$database" "$template" clone_database "$template"
    fi
    flock --shared 7
}
