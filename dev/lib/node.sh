# shellcheck shell=bash
# What comes from npm: dev/package.json.

make_node_packages() {
    cp "$ROOT/dev/package.json" "$1"
    logged npm npm install --prefix "$1" --no-package-lock --ignore-scripts --no-audit --no-fund
}

# Sets NODE_PATH, where programs and tests find the packages. Needs npm; call it while building.
ensure_node_packages() {
    local folder
    folder=$CACHE/node/$(hash_of <"$ROOT/dev/package.json")
    build_step "$folder" make_node_packages
    forget_others "$folder"
    export NODE_PATH=$folder/node_modules
}
