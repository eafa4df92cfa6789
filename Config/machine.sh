# shellcheck shell=bash
# What Config/run and Config/test both need from a Debian machine: packages, a compiler, ports,
# and a PostgreSQL cluster and a Redis of their own. Sourced, never run. The caller has set
# `set -euo pipefail` and `top` (the checkout).

postgres_bin=${GUILDHALL_POSTGRES_BIN:-/usr/lib/postgresql/15/bin}

say() { printf '\033[1m»\033[0m %s\n' "$*"; }

# One sentence that says what to do, and the end.
fail() {
    printf '\033[1;31m✗\033[0m %s\n' "$*" >&2
    exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# Debian's packages that are not there yet are installed when we may, and named when we may not.
need_packages() {
    command -v dpkg-query >/dev/null ||
        fail "This script installs Debian packages; on another system install the equivalents of: $*"
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    local as=()
    if ! is_root; then
        if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
            as=(sudo)
        else
            fail "Debian packages are missing; as root type: $(printf %q "$top")/Config/install-packages ${missing[*]}"
        fi
    fi
    say "Installing from Debian: ${missing[*]}"
    local log
    log=$(mktemp)
    if ! "${as[@]}" bash "$top/Config/install-packages" "${missing[@]}" >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        rm -f "$log"
        fail "Debian's packages could not be installed; mend what is said above and run this again."
    fi
    rm -f "$log"
}

# What Swift's own programs need of Debian 12, where its archive was unpacked and nothing more done
# (https://www.swift.org/install/linux/debian/12): a linker, C's and C++'s headers, libraries.
swift_packages=(binutils gcc libc6-dev libcurl4 libedit2 libncurses6 libsqlite3-0 libstdc++-12-dev
    libxml2 tzdata)

need_swift() {
    command -v swift >/dev/null ||
        fail "Swift is missing; install 6.3 or newer from https://www.swift.org/install/linux and run this again."
    local said version
    said=$(swift --version 2>&1) ||
        fail "Swift is here and does not start; mend what it says, then run this again: ${said:-nothing at all}"
    version=$(sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' <<<"$said" | head -n 1)
    case $version in
    6.[3-9] | 6.[1-9][0-9] | [7-9].* | [1-9][0-9].*) ;;
    *) fail "Swift ${version:-of an unknown version} is too old; install 6.3 or newer from https://www.swift.org/install/linux." ;;
    esac
}

# Whether somebody listens on it, or a market that is being started has claimed it.
port_is_taken() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null ||
        grep -qE "@guildhall-port-[^ ]*:$1\$" /proc/net/unix 2>/dev/null
}

# The first port from $1 on that nobody has.
free_port() {
    local port=$1
    while port_is_taken "$port"; do
        port=$((port + 1))
        [ "$port" -lt $(($1 + 200)) ] || fail "No port is free between $1 and $port; stop something that listens there."
    done
    echo "$port"
}

# start_somewhere START HOME PORT [ARGUMENT …]: `START HOME PORT ARGUMENT …`, and where somebody has
# taken the port since it was looked at, the same on the next free one. The port is in `port` then.
start_somewhere() {
    local start=$1 home=$2 last=$(($3 + 20))
    port=$3
    shift 3
    while :; do
        # It is no condition of `if`: nothing in START would end the script any more.
        is_in_use=no
        "$start" "$home" "$port" "$@"
        [ $is_in_use = yes ] || return 0
        [ "$port" -lt "$last" ] ||
            fail "Again and again another program took the port that was free; stop it, and run this again."
        say "Port $port was taken a moment ago; trying the next free one"
        port=$(free_port $((port + 1)))
    done
}

# The size of the log $1, and whether since it had the size $2 it complains that a port is in use.
log_size() { stat -c %s "$1" 2>/dev/null || echo 0; }
log_says_in_use() { tail -c +$(($2 + 1)) "$1" 2>/dev/null | grep -aq 'Address already in use'; }

random_word() { od -An -N 24 -tx1 /dev/urandom | tr -d ' \n'; }

# PostgreSQL refuses to run as root; then it runs as the user that Debian's package made.
as_postgres() {
    if is_root; then
        (cd / && exec runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# A folder for a cluster that its user can reach. $1 is where we want it; a checkout below /root
# (or another closed folder) gets one below /var/lib and a link to it.
postgres_home() {
    local wanted=$1 parent
    parent=$(dirname "$wanted")
    if ! is_root || as_postgres test -x "$parent"; then
        echo "$wanted"
    else
        echo "/var/lib/guildhall/$(printf '%s' "$wanted" | cksum | cut -d ' ' -f 1)"
    fi
}

postgres_is_up() {
    [ -s "$1/data/postmaster.pid" ] && as_postgres "$postgres_bin/pg_ctl" -D "$1/data" status >/dev/null 2>&1
}

# The folder $1 when a Unix socket can be in it, else nothing: its path is short, and an address
# names it as it is. The market's own processes ask there, because that costs less than loopback.
socket_folder() {
    case $1 in
    *[!A-Za-z0-9/._-]*) ;;
    *) [ ${#1} -gt 85 ] || echo "$1" ;;
    esac
}

# start_postgres HOME PORT [-c setting=value …]: makes the cluster at the first run, starts it
# when it is down. Loopback and a socket in HOME, with a password of its own in HOME/password.
# When somebody has the port, it says so in `is_in_use`, and nothing was started.
start_postgres() {
    local home=$1 port=$2 before
    shift 2
    [ -x "$postgres_bin/initdb" ] ||
        fail "PostgreSQL 15 is not in $postgres_bin; set GUILDHALL_POSTGRES_BIN to the folder that has initdb."
    if [ ! -s "$home/data/PG_VERSION" ]; then
        mkdir -p "$home"
        rm -rf "$home/data"
        (umask 077 && random_word >"$home/password")
        # The folder alone goes to PostgreSQL's user: what is above it stays as it was.
        if is_root; then chown -R postgres "$home"; fi
        as_postgres "$postgres_bin/initdb" -D "$home/data" -U guildhall -E UTF8 --locale=C.UTF-8 \
            --auth=scram-sha-256 --pwfile="$home/password" >"$home.log" 2>&1 || {
            tail -n 5 "$home.log" >&2
            fail "PostgreSQL could not make its cluster in $home; see $home.log."
        }
    fi
    before=$(log_size "$home/log")
    if ! as_postgres "$postgres_bin/pg_ctl" -D "$home/data" -l "$home/log" -w -t 60 \
        -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$(socket_folder "$home")' $*" \
        start >"$home.log" 2>&1; then
        if log_says_in_use "$home/log" "$before"; then
            is_in_use=yes
            return 0
        fi
        tail -n 5 "$home.log" "$home/log" 2>/dev/null >&2
        fail "PostgreSQL did not start on port $port; the reason stands above and in $home/log."
    fi
}

# postgres_url HOME PORT DATABASE
postgres_url() {
    local password
    password=$(cat "$1/password")
    if [ -S "$1/.s.PGSQL.$2" ]; then
        echo "postgresql://guildhall:$password@/$3?host=$1&port=$2"
    else
        echo "postgresql://guildhall:$password@127.0.0.1:$2/$3"
    fi
}

stop_postgres() {
    postgres_is_up "$1" || return 0
    as_postgres "$postgres_bin/pg_ctl" -D "$1/data" -m fast -w -t 60 stop >/dev/null 2>&1 ||
        as_postgres "$postgres_bin/pg_ctl" -D "$1/data" -m immediate -w stop >/dev/null 2>&1 || true
}

redis_is_up() {
    local pid
    pid=$(cat "$1/redis.pid" 2>/dev/null) || return 1
    # The number may belong to another program by now.
    [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = redis-server ]
}

# start_redis HOME PORT [--setting value …]: loopback and the socket HOME/socket, with a password of
# its own. When somebody has the port, it says so in `is_in_use`, and nothing was started.
start_redis() {
    local home=$1 port=$2 before
    shift 2
    mkdir -p "$home"
    [ -s "$home/password" ] || (umask 077 && random_word >"$home/password")
    (
        umask 077
        {
            echo "requirepass $(cat "$home/password")"
            echo "maxmemory-policy noeviction"
            if [ -n "$(socket_folder "$home")" ]; then
                echo "unixsocket $home/socket"
                echo "unixsocketperm 700"
            fi
        } >"$home/redis.conf"
    )
    before=$(log_size "$home/log")
    # A session of its own: Ctrl-C in the terminal is for the supervisor, which stops this last.
    setsid redis-server "$home/redis.conf" --bind 127.0.0.1 --port "$port" --dir "$home" \
        --daemonize yes --pidfile "$home/redis.pid" --logfile "$home/log" "$@" >/dev/null ||
        fail "Redis did not start on port $port; the reason is in $home/log."
    local tries
    for tries in $(seq 100); do
        # Nobody but ours is asked: another program may take the connection and never say a word.
        redis_is_up "$home" && redis_answers "$home" "$port" && return
        if log_says_in_use "$home/log" "$before"; then
            is_in_use=yes
            return 0
        fi
        sleep 0.1
    done
    tail -n 5 "$home/log" >&2
    fail "Redis did not answer on port $port after $tries tries; the reason stands above."
}

redis_answers() {
    [ "$(REDISCLI_AUTH=$(cat "$1/password") redis-cli -h 127.0.0.1 -p "$2" ping 2>/dev/null)" = PONG ]
}

# redis_url HOME PORT NUMBER
redis_url() {
    local password
    password=$(cat "$1/password")
    if [ -S "$1/socket" ]; then
        echo "unix://:$password@$1/socket?db=$3"
    else
        echo "redis://:$password@127.0.0.1:$2/$3"
    fi
}

stop_redis() {
    redis_is_up "$1" || return 0
    local pid
    pid=$(cat "$1/redis.pid")
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 100); do
        redis_is_up "$1" || return 0
        sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || true
}
