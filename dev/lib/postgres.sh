# shellcheck shell=bash
# PostgreSQL: the one that PGHOST names, else a private cluster that lives in a folder, listens on a socket there alone,
# and runs while a command of ours runs.

# The newest server that is installed; Debian keeps its programs out of PATH.
find_postgres() {
    local folder
    folder=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort --version-sort | tail -n 1)
    [[ -x $folder/initdb ]] && PATH=$folder:$PATH
    has_any initdb
}

need_postgres() {
    if [[ -n ${PGHOST:-} ]]; then
        need postgresql-client has_any psql
    else
        need postgresql find_postgres
    fi
}

# The server refuses to run as root.
as_server() {
    if is_root; then
        runuser --user postgres -- env --chdir=/ "$@"
    else
        "$@"
    fi
}

make_cluster() {
    local folder=$1
    say "Creating a PostgreSQL cluster"
    is_root && chown postgres: "$folder"
    as_server initdb --pgdata "$folder/data" --username odoo --auth trust --encoding UTF8 \
        --locale C.UTF-8 --no-sync >"$LOGS/initdb.log"
    # Its contents can be made again at any time, so that speed goes before safety.
    as_server tee -a "$folder/data/postgresql.conf" >/dev/null <<-END
		listen_addresses = ''
		unix_socket_directories = '$folder'
		unix_socket_permissions = 0700
		max_connections = 80
		shared_buffers = 256MB
		maintenance_work_mem = 128MB
		max_wal_size = 2GB
		wal_level = minimal
		max_wal_senders = 0
		fsync = off
		synchronous_commit = off
		full_page_writes = off
		jit = off
	END
}

cluster= # its folder
locate_cluster() {
    local base=$CACHE version
    # As root, the user postgres needs a way in, which root's home does not give.
    is_root && base=/var/cache/returns-management/$(hash_of <<<"$CACHE")
    version=$(postgres --version | grep -o '[0-9]*' | head -n 1)
    cluster=$base/postgresql-$version
    # The length of a socket's path is limited to 107 bytes.
    ((${#cluster} < 85)) || die "The path $cluster is too long for a socket: set XDG_CACHE_HOME to a shorter one."
}

start_postgres() {
    [[ -n ${PGHOST:-} ]] && return
    find_postgres
    locate_cluster
    mkdir -p "$(dirname "$cluster")"
    build_step "$cluster" make_cluster

    # The lock is shared by all commands that use the cluster; the last one out stops it.
    exec 8>>"$CACHE/postgres.lock"
    flock --shared 8
    at_exit+=(stop_postgres)
    as_server pg_ctl --pgdata "$cluster/data" status &>/dev/null ||
        as_server pg_ctl --pgdata "$cluster/data" --log "$cluster/log" --wait start >/dev/null 7>&- 8>&- 9>&- ||
        die "PostgreSQL did not start; $cluster/log says why. 'make clean-cache' starts anew."

    unset PGPORT PGPASSWORD PGDATABASE PGSERVICE
    export PGHOST=$cluster PGUSER=odoo
}

stop_postgres() {
    flock --exclusive --nonblock 8 || return
    as_server pg_ctl --pgdata "$cluster/data" --mode fast stop >/dev/null
}

# sql DATABASE QUERY: the answer, one row a line.
sql() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$1" --command "$2"; }
