#!/usr/bin/env python3
"""gdb and strace of Debian for arm64 in the guest, on a program of the guest, each a script of a shell.

What they print must be what they print on Linux; numbers that a compiler or a C library decides are left out.
Prints one line a finding, then "N passed, N failed".
"""

import pathlib
import sys

import programs
import servers_check

# Addresses and ids, and what gdb says of its own libraries.
PLAIN = ("sed -E -e 's/0x[0-9a-f]+/0x/g' -e 's/(process |LWP |si_pid=|Process )[0-9]+/\\1N/g' -e 's/\\[pid +[0-9]+\\]/[pid N]/' -e 's/si_uid=[0-9]+/si_uid=N/'"
         " -e '/libthread_db|^warning|index-cache|Breakpoint [0-9] at/d' -e '/^$/d'")
GDB = "gdb -nx -batch -ex 'set style enabled off'"

STEPS = f"""
{GDB} -ex 'break square' -ex run -ex backtrace -ex 'print n' -ex next -ex finish -ex 'info registers pc' \
  -ex delete -ex 'call square(9)' -ex 'watch total' -ex continue -ex 'set var total = 100' -ex 'delete' -ex continue \
  -ex 'print $_exitcode' DEBUGGED 2>&1 | {PLAIN}
"""
STEPS_OUTPUT = """Breakpoint 1, square (n=1) at debugged.c:9
9\t  const int result = n * n;
#0  square (n=1) at debugged.c:9
#1  0x in sum (most=3) at debugged.c:16
#2  0x in main (argc=1, argv=0x) at debugged.c:36
$1 = 1
10\t  return result;
0x in sum (most=3) at debugged.c:16
16\t    total += square(i);
Value returned is $2 = 1
pc             0x            0x <sum+36>
$3 = 81
Watchpoint 2: total
Watchpoint 2: total
Old value = 0
New value = 1
sum (most=3) at debugged.c:15
15\t  for (int i = 1; i <= most; i++) {
sum 113
[Inferior 1 (process N) exited with code 07]
$4 = 7
"""

THREADS = f"""
{GDB} -ex 'break work' -ex 'run thread' -ex 'info threads' -ex next -ex 'print *number' -ex next -ex 'print *number' -ex delete \
  -ex continue DEBUGGED 2>&1 | sed -E 's/Thread 0x[0-9a-f]+ //; s/ +Frame *$/ Frame/; s/^( +1 .*") .*/\\1/; /LWP [0-9]*\\) exited/d' | {PLAIN}
"""
THREADS_OUTPUT = """sum 14
[New (LWP N)]
[Switching to (LWP N)]
Thread 2 "debugged" hit Breakpoint 1, work (with=0x) at debugged.c:22
22\t  int* const number = with;
  Id   Target Id Frame
  1    (LWP N) "debugged"
* 2    (LWP N) "debugged" work (with=0x) at debugged.c:22
23\t  *number = sum(*number);
$1 = 4
24\t  return with;
$2 = 30
thread 30
[Inferior 1 (process N) exited with code 07]
"""

SIGNALS = f"""
{GDB} -ex 'break handler' -ex 'run signal' -ex 'print heard' -ex continue -ex backtrace -ex delete -ex continue \
  DEBUGGED 2>&1 | sed -E '/^#[1-9]/s/ 0x[0-9a-f]+ in [a-z_]+[^ ]* \\(\\)$/ .../' | {PLAIN} | grep -v '^#.*\\.\\.\\.$\\|^0x'
"""
SIGNALS_OUTPUT = """sum 14
Program received signal SIGUSR1, User defined signal 1.
$1 = 0
Breakpoint 1, handler (signal=10) at debugged.c:28
28\tstatic void handler(int signal) { heard = signal; }
#0  handler (signal=10) at debugged.c:28
#1  <signal handler called>
#4  0x in main (argc=2, argv=0x) at debugged.c:46
heard 10
[Inferior 1 (process N) exited with code 07]
"""

ATTACH = f"""
DEBUGGED wait ./go &
sleep 1
{GDB} -p $! -ex 'frame function main' -ex 'break access' -ex continue -ex 'backtrace -2' -ex delete -ex detach 2>&1 | grep -v ' in ?? \\|nanosleep ()' | {PLAIN}
touch go
wait $!
echo "status $?"
"""
ATTACH_OUTPUT = """sum 14
#4  0x in main (argc=3, argv=0x) at debugged.c:49
49\t    wait_for(argv[2]);
Breakpoint 1, 0x in access ()
#1  0x in wait_for (path=0x "./go") at debugged.c:31
#2  0x in main (argc=3, argv=0x) at debugged.c:49
[Inferior 1 (process N) detached]
status 7
"""

STRACE = f"""
strace -e trace=execve,write,exit_group,tgkill,rt_sigreturn DEBUGGED signal 2>&1 | sed -E 's/^(execve\\().*\\)/\\1)/; s/tgkill\\([0-9, ]+/tgkill(/' | {PLAIN}
strace -f -e trace=clone,exit,exit_group,write DEBUGGED thread 2>&1 >/dev/null | sed -E 's/^clone\\(.*/clone/; /^, parent_tid/d; s/.*(attached)/\\1/' | {PLAIN}
strace -c -U calls,errors,name -e trace=write,exit_group,rseq DEBUGGED 2>&1 >/dev/null | grep -v '^---'
DEBUGGED wait ./go > /dev/null &
guest=$!
sleep 1
(sleep 0.025; touch go) &
strace -p $guest 2>&1 | tail -n 3 | {PLAIN}
wait $guest
echo "status $?"
strace -f -o log bash -c '/usr/bin/true; echo $(/usr/bin/false)'
echo "status $?"
grep -c 'execve(.* = 0$' log
grep -o '+++ .*' log
strace -f --seccomp-bpf -e trace=execve,wait4 bash -c '/usr/bin/false; exit 3' 2>&1 | sed -E 's/"[^)]*\\)/...)/; s/ = [0-9]{{4,}}/ = N/; s/strace: //; s/.*(attached)/\\1/; s/resumed>.*\\)/resumed>)/; s/, (si_status=.).*/ \\1/' | {PLAIN}
"""
STRACE_OUTPUT = """execve() = 0
write(1, "sum 14\\n", 7sum 14
)                 = 7
tgkill(SIGUSR1)             = 0
--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_TKILL, si_pid=N, si_uid=N} ---
rt_sigreturn({mask=[]})                 = 0
write(1, "heard 10\\n", 9heard 10
)               = 9
exit_group(7)                           = ?
+++ exited with 7 +++
write(1, "sum 14\\n", 7)                 = 7
clone
[pid N] exit(0)                     = ?
[pid N] +++ exited with 0 +++
write(1, "thread 30\\n", 10)             = 10
exit_group(7)                           = ?
+++ exited with 7 +++
    calls    errors syscall
        1           write
        1         1 rseq
        2         1 total
faccessat(AT_FDCWD, "./go", F_OK)       = 0
exit_group(7)                           = ?
+++ exited with 7 +++
status 7

status 0
3
+++ exited with 0 +++
+++ exited with 1 +++
+++ exited with 0 +++
execve(...) = 0
attached
[pid N] wait4(-1,  <unfinished ...>
[pid N] execve(...) = 0
[pid N] +++ exited with 1 +++
<... wait4 resumed>) = N
--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=N, si_uid=N si_status=1
wait4(-1, 0x, WNOHANG, NULL)  = -1 ECHILD (No child processes)
+++ exited with 3 +++
"""

CASES = {
    "gdb: steps": (STEPS, STEPS_OUTPUT),
    "gdb: threads": (THREADS, THREADS_OUTPUT),
    "gdb: signals": (SIGNALS, SIGNALS_OUTPUT),
    "gdb: attach": (ATTACH, ATTACH_OUTPUT),
    "strace": (STRACE, STRACE_OUTPUT),
}


def add_arguments(parser):
    parser.add_argument("--sysroot", type=lambda text: pathlib.Path(text).resolve(), required=True)
    parser.add_argument("--debugged", type=lambda text: pathlib.Path(text).resolve(), required=True)


def main():
    options = programs.parse(__doc__.splitlines()[0], add_arguments)
    cases = {name: (script.replace("DEBUGGED", str(options.debugged)), wanted) for name, (script, wanted) in CASES.items()}
    return servers_check.check(options, cases)


if __name__ == "__main__":
    sys.exit(main())
