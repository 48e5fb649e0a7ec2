# shellcheck shell=bash
# Odoo itself: from ODOO_HOME, else unpacked (not installed: it would want newer libraries) from its Debian package.

ODOO_DEBIAN_PACKAGE="odoo-19"

# What Odoo's Debian package links to instead of bringing it; without these, pages answer with an error.
ODOO_STATIC_PACKAGES=(libjs-jquery libjs-jquery-form libjs-underscore fonts-font-awesome fonts-roboto-unhinted
    fonts-inconsolata fonts-glyphicons-halflings fonts-ocr-b)

need_odoo() {
    [[ -n ${ODOO_HOME:-} ]] && return
    has_any apt-get || die "Without apt, Odoo cannot be fetched: set ODOO_HOME to a checkout of Odoo 19."
    local package
    for package in "${ODOO_STATIC_PACKAGES[@]}"; do
        need "$package"
    done
}

# The address of Debian's archive, from the machine's own configuration of apt.
debian_archive() {
    # shellcheck disable=SC2016 # apt's own placeholder
    apt-get "$@" indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' |
        sort --unique | head -n 1
}

fetch_odoo() {
    local folder=$1 keyring=/usr/share/keyrings/debian-archive-keyring.gpg archive
    mkdir -p "$folder"/apt/lists/partial "$folder"/apt/cache/archives/partial "$folder"/files
    # Everything that apt would write goes to our folder; so no root is needed. Root keeps its rights while it fetches:
    # the user that apt would change to may not enter the folder.
    local own=(-o "Dir::State::Lists=$folder/apt/lists" -o "Dir::Cache=$folder/apt/cache" -o APT::Sandbox::User=root
        -o Acquire::Languages=none)

    archive=$(debian_archive)
    if [[ -z $archive ]]; then # the machine has no package lists yet
        logged apt-lists apt-get "${own[@]}" update
        archive=$(debian_archive "${own[@]}")
    fi
    [[ -n $archive ]] || die "apt knows no Debian archive on this machine: set ODOO_HOME to a checkout of Odoo 19."
    [[ -r $keyring ]] || die "Debian's signatures cannot be checked: install the package debian-archive-keyring."

    echo "deb [signed-by=$keyring] $archive sid main" >"$folder/apt/sid.list"
    own+=(-o "Dir::Etc::sourcelist=$folder/apt/sid.list" -o Dir::Etc::sourceparts=- -o APT::Update::Error-Mode=any
        -o Dir::Etc::preferences=- -o Dir::Etc::preferencesparts=-)
    say "Fetching Odoo (Debian package $ODOO_DEBIAN_PACKAGE)"
    logged apt-sid apt-get "${own[@]}" update
    (cd "$folder/apt" && logged apt-odoo apt-get "${own[@]}" download "$ODOO_DEBIAN_PACKAGE")

    say "Unpacking Odoo"
    local deb=("$folder/apt/$ODOO_DEBIAN_PACKAGE"_*.deb)
    logged dpkg-deb dpkg-deb --extract "${deb[0]}" "$folder/files"
    dpkg-deb --field "${deb[0]}" Version >"$folder/version"
    # A partial copy of the addons, without their data, which Odoo would find and use.
    rm -rf "$folder"/files/usr/lib/python3/dist-packages/addons "$folder"/apt
    ln -s /usr/share/{javascript,fonts,fonts-font-awesome} "$folder"/files/usr/share/
    # Left out by Debian but part of a bundle, where its absence is an error; it blurs the background of video calls.
    local blur=$folder/files/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation
    mkdir -p "$blur"
    touch "$blur/selfie_segmentation.js"
    # Compiled once, since every command starts Odoo anew. What is not for this version of Python stays as it is.
    "$PYTHON" -m compileall -q -j 0 "$folder/files/usr/lib/python3/dist-packages/odoo" >"$LOGS/compile.log" || true
}

ODOO_PACKAGE='' ODOO_ID=''
# Sets ODOO_PACKAGE (the folder `odoo`) and ODOO_ID (which Odoo this is, for the keys of what is made with it).
ensure_odoo() {
    if [[ -n ${ODOO_HOME:-} ]]; then
        [[ -f $ODOO_HOME/odoo/release.py ]] || die "There is no Odoo in ODOO_HOME=$ODOO_HOME: expected a checkout (with \
odoo-bin, odoo/ and addons/) or the folder that holds the installed package odoo/."
        ODOO_PACKAGE=$(cd "$ODOO_HOME/odoo" && pwd -P)
        ODOO_ID=$({
            echo "$ODOO_PACKAGE"
            cat "$ODOO_PACKAGE/release.py"
            git -C "$ODOO_PACKAGE" rev-parse HEAD 2>/dev/null || true
        } | hash_of)
    else
        build_step "$CACHE/$ODOO_DEBIAN_PACKAGE" fetch_odoo
        ODOO_PACKAGE=$CACHE/$ODOO_DEBIAN_PACKAGE/files/usr/lib/python3/dist-packages/odoo
        ODOO_ID=$(<"$CACHE/$ODOO_DEBIAN_PACKAGE/version")
    fi
    grep -q '^version_info = (19,' "$ODOO_PACKAGE/release.py" || die "$ODOO_PACKAGE is not Odoo 19."
}

# Sets $addons, those of this checkout: its folders with a manifest.
addons=()
find_addons() {
    local manifest
    addons=()
    for manifest in "$ROOT"/*/__manifest__.py; do
        [[ -e $manifest ]] && addons+=("$(basename "$(dirname "$manifest")")")
    done
    ((${#addons[@]})) || die "No addon in $ROOT: no folder there has a __manifest__.py."
}

# The names given, separated by commas.
join() {
    local IFS=,
    echo "$*"
}

# Where Odoo finds addons, its own and ours.
addons_path() {
    local paths=("$ODOO_PACKAGE/addons" "$ROOT")
    [[ -e ${ODOO_HOME:-}/odoo-bin ]] && paths+=("$(cd "$ODOO_HOME" && pwd -P)/addons")
    join "${paths[@]}"
}

# Makes Odoo importable (PYTHONPATH) and configured (ODOO_RC); sets $odoo, the words that start it, and $DATA, the
# folder of its filestores.
odoo=()
DATA=$CACHE/data
configure_odoo() {
    local path

    # A folder of our own with nothing but the package: the one it is installed in may hold other, older libraries.
    path=$CACHE/import/$(hash_of <<<"$ODOO_PACKAGE")
    mkdir -p "$path"
    ln -sfn "$ODOO_PACKAGE" "$path/odoo"
    export PYTHONPATH=$path:$ROOT/dev/pytest

    mkdir -p "$DATA"
    export ODOO_RC
    ODOO_RC=$CACHE/odoo-$(hash_of <<<"$ROOT $ODOO_PACKAGE").conf
    cat >"$ODOO_RC" <<-END
		[options]
		addons_path = $(addons_path)
		data_dir = $DATA
		http_interface = 127.0.0.1
		list_db = False
		max_cron_threads = 0
	END
    odoo=("$venv/bin/python" -m odoo)
}
