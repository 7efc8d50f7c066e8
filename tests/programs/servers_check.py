#!/usr/bin/env python3
"""Servers and terminal programs of Debian for arm64, as people use them, each a script of a shell in the guest.

What they print must be what they print on Linux; qemu-user runs but some of them.
Prints one line a finding, then "N passed, N failed".
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import programs

WAIT = "for i in $(seq 200); do test -S ./socket && break; sleep 0.1; done"

REDIS = f"""
redis-server --port 0 --unixsocket ./socket --dir . > log 2>&1 &
{WAIT}
c="redis-cli -s ./socket"
$c set answer 41
$c incr answer
$c rpush list a b c > /dev/null
$c lrange list 0 -1
$c bgsave
for i in $(seq 100); do $c info persistence | grep -q rdb_bgsave_in_progress:0 && break; sleep 0.1; done
$c info persistence | grep -o 'rdb_last_bgsave_status:[a-z]*'
$c shutdown
wait $!
echo "status $?"
test -s dump.rdb && grep -o 'bye bye' log
"""

NGINX = f"""
mkdir logs html
echo '<h1>A page</h1>' > html/index.html
cat > nginx.conf << end
worker_processes 2;
user nobody nogroup;
error_log logs/error.log notice;
pid nginx.pid;
daemon off;
events {{ worker_connections 64; }}
http {{
  access_log logs/access.log;
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
  server {{ listen unix:$PWD/socket; root $PWD/html; }}
}}
end
nginx -p "$PWD" -c "$PWD/nginx.conf" &
{WAIT}
curl -s --unix-socket ./socket http://localhost/
curl -s -o /dev/null -w '%{{http_code}}\\n' --unix-socket ./socket http://localhost/nothing
kill -QUIT $!
wait $!
echo "status $?"
grep -c 'worker process [0-9]* exited with code 0' logs/error.log
"""

TMUX = """
tmux -f /dev/null -S ./socket new -d -x 60 -y 10 -s one 'bash --norc'
for i in $(seq 100); do tmux -S ./socket capture-pane -p | grep -q bash && break; sleep 0.1; done
tmux -S ./socket send-keys -t one 'echo answer $((6*7)); stty size' Enter
for i in $(seq 100); do tmux -S ./socket capture-pane -p | grep -q '^10 60' && break; sleep 0.1; done
tmux -S ./socket capture-pane -p | grep -v '^$' | tail -n 3 | head -n 2
tmux -S ./socket send-keys -t one 'sleep 1000' Enter
sleep 0.5
tmux -S ./socket send-keys -t one C-c
tmux -S ./socket send-keys -t one 'echo interrupted $?' Enter
for i in $(seq 100); do tmux -S ./socket capture-pane -p | grep '^interrupted' && break; sleep 0.1; done
tmux -S ./socket kill-server
"""

EXPECT = """
cat > script << 'end'
log_user 0
set timeout 20
spawn bash --norc
expect "\\$ "
send "echo a\\$((1+1))b; stty -echo; read -p 'name? ' n; echo; echo hello \\$n\\r"
expect "a2b"
expect "name? "
send "guest\\r"
expect "hello guest"
send "exit 7\\r"
expect eof
puts "status [lindex [wait] 3]"
end
expect script
"""

# It refuses to be root, so root becomes nobody first; he alone may enter the folder of the data then.
POSTGRES = """
test "$(id -u)" != 0 || as="setpriv --reuid nobody --regid nogroup --clear-groups --"
bin=/usr/lib/postgresql/15/bin
mkdir data
test -z "$as" || chown nobody:nogroup data
$as $bin/initdb -D "$PWD/data" -U postgres -A trust --locale C.UTF-8 --no-sync | grep -o 'Success'
stat -c %a data
$as $bin/postgres --single -D "$PWD/data" postgres << 'end' 2> /dev/null | grep -o 'answer = "[0-9]*"'
create table numbers as select n from generate_series(1, 1000) as n
select sum(n) as answer from numbers where n % 7 = 0
end
$as $bin/pg_ctl -D "$PWD/data" -l "$PWD/data/log" -o "-k $PWD/data -c listen_addresses=" -w start | tail -n 1
psql="$as $bin/psql -h $PWD/data -U postgres -At postgres"
$psql -c 'insert into numbers values (6 * 7)' & $psql -c 'insert into numbers values (-42)' & wait
$psql -c 'select sum(n) from numbers'
$as $bin/pg_ctl -D "$PWD/data" -m fast stop | tail -n 1
"""

CASES = {
    "redis": (REDIS, "OK\n42\na\nb\nc\nBackground saving started\nrdb_last_bgsave_status:ok\nstatus 0\nbye bye\n"),
    "nginx": (NGINX, "<h1>A page</h1>\n404\nstatus 0\n2\n"),
    "postgres": (POSTGRES, "Success\n700\nanswer = \"71071\"\nserver started\n" + 2 * "INSERT 0 1\n" + "500500\nserver stopped\n"),
    "tmux": (TMUX, "answer 42\n10 60\ninterrupted 130\n"),
    "expect": (EXPECT, "status 7\n"),
}


def finding(options, script, wanted):
    """What is wrong; empty: nothing."""
    with tempfile.TemporaryDirectory(prefix="m2sim-server-") as folder:
        os.chmod(folder, 0o755)  # for those who are not root any more
        environment = [f"--env={key}={value}" for key, value in
                       {**programs.ENVIRONMENT, "PATH": "/usr/bin:/bin:/usr/sbin", "TERM": "xterm", "LC_ALL": "C.UTF-8"}.items()]
        command = [*options.m2sim, "run", "--mode", "emulation", "--quiet", "--sysroot", str(options.sysroot), "--cwd", folder,
                   *environment, "/usr/bin/bash", "-c", script]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
        except subprocess.TimeoutExpired as late:
            return f"still runs; so far {late.stdout!r}"
    if done.stdout.decode(errors="replace") == wanted:
        return ""
    return f"status {done.returncode}, {done.stdout!r} instead of {wanted!r}; {done.stderr[-500:]!r}"


def check(options, cases):
    """The exit status: whether each of the cases, (script, output) by name, gives its output."""
    found = {name: finding(options, *case) for name, case in cases.items() if options.filter in name}
    for name, text in found.items():
        if text:
            print(f"{name}: {text}", flush=True)
    failed = sum(map(bool, found.values()))
    print(f"{len(found) - failed} passed, {failed} failed")
    return 1 if failed or not found else 0


def main():
    options = programs.parse(__doc__.splitlines()[0],
                             lambda parser: parser.add_argument("--sysroot", type=lambda text: pathlib.Path(text).resolve(), required=True))
    return check(options, CASES)


if __name__ == "__main__":
    sys.exit(main())
