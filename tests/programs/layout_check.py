#!/usr/bin/env python3
"""What depends on where things lie: the sanitizers of gcc, which have fixed places in mind, and stacks of every size.

Prints one line a finding, then "N passed, N failed".
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import programs

COMPILER = "aarch64-linux-gnu-gcc"
SYSROOT = "/usr/aarch64-linux-gnu"
ASAN = "-g -fsanitize=address -static-libasan"

HEAP = "char* volatile p = malloc(10); printf(\"%d\\n\", p[argc + 9]);"
FREED = "char* volatile p = malloc(10); free(p); return p[argc];"
TWICE = "char* volatile p = malloc(10); free(p); free(p);"
STACK = "char a[10]; char* volatile p = a; p[argc + 9] = 1;"
GLOBAL = "static char a[10]; char* volatile p = a; p[argc + 9] = 1;"
LEAK = "char* volatile p = malloc(10); p[0] = 1; p = 0;"
CLEAN = "char* volatile p = malloc(10); p[argc] = 1; free(p); puts(\"clean\");"
SHIFT = "printf(\"%d\\n\", 1 << (argc + 31)); printf(\"%d\\n\", 0x7fffffff + argc);"
RACE = "pthread_t t; pthread_create(&t, 0, count, 0); count(0); pthread_join(t, 0);"
LOCKED = "pthread_t t; pthread_create(&t, 0, locked, 0); locked(0); pthread_join(t, 0); printf(\"%d\\n\", n);"

SOURCE = """
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static int n;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void* count(void* arg) {{ for (int i = 0; i < 1000; ++i) ++n; return arg; }}
static void* locked(void* arg) {{
  for (int i = 0; i < 1000; ++i) {{ pthread_mutex_lock(&mutex); ++n; pthread_mutex_unlock(&mutex); }}
  return arg;
}}
int main(int argc, char** argv) {{ {body} return 0; }}
"""

# Name: flags, the body, what has to be said (a regular expression over both streams), and the status.
SANITIZED = {
    "heap overflow": (ASAN, HEAP, "AddressSanitizer: heap-buffer-overflow(.|\\n)*is located 0 bytes", 1),
    "use after free": (ASAN, FREED, "AddressSanitizer: heap-use-after-free(.|\\n)*freed by thread T0 here", 1),
    "double free": (ASAN, TWICE, "AddressSanitizer: attempting double-free", 1),
    "stack overflow": (ASAN + " -no-pie", STACK, "AddressSanitizer: stack-buffer-overflow", 1),
    "global overflow": (ASAN, GLOBAL, "AddressSanitizer: global-buffer-overflow", 1),
    "clean": (ASAN, CLEAN, "^clean\\n$", 0),
    # It stops all threads by ptrace when the program ends.
    "leak": ("-g -fsanitize=leak", LEAK, "LeakSanitizer: detected memory leaks(.|\\n)*Direct leak of 10 byte", 23),
    "undefined": ("-fsanitize=undefined -static-libubsan", SHIFT, "shift exponent 32 is too large(.|\\n)*signed integer overflow: 1 \\+ 2147483647", 0),
    "undefined trap": ("-fsanitize=undefined -fsanitize-undefined-trap-on-error -static", SHIFT, "", 133),
    "race": ("-g -fsanitize=thread -static-libtsan", RACE, "WARNING: ThreadSanitizer: data race", 66),
    "no race": ("-g -fsanitize=thread -static-libtsan", LOCKED, "^2000\\n$", 0),
}
# With address sanitizing, the search for leaks takes 13 billion instructions.
WITHOUT_LEAKS = ["--env=ASAN_OPTIONS=detect_leaks=0"]

DEEP = """
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
static long deeper(long mebibytes) {
  volatile char frame[1 << 20];
  frame[0] = 1;
  return mebibytes == 1 ? frame[0] : deeper(mebibytes - 1) + frame[0];
}
int main(int argc, char** argv) {
  struct rlimit limit;
  if (argc > 2) {  // the stack of the next program
    limit.rlim_cur = strtoul(argv[2], 0, 0) << 20;
    limit.rlim_max = RLIM_INFINITY;
    if (setrlimit(RLIMIT_STACK, &limit) != 0) return 1;
    execl("/proc/self/exe", argv[0], argv[1], NULL);
    return 2;
  }
  getrlimit(RLIMIT_STACK, &limit);
  printf("%ld of %ld\\n", deeper(atol(argv[1])), limit.rlim_cur == RLIM_INFINITY ? -1L : (long)(limit.rlim_cur >> 20));
  return 0;
}
"""

# Options of m2sim, arguments, standard output and status.
STACKS = {
    "usual": ([], ["7"], "7 of 8\n", 0),
    "too deep": ([], ["9"], "", 139),
    "larger": (["--rlimit", "stack=64M"], ["62"], "62 of 64\n", 0),
    "larger, too deep": (["--rlimit", "stack=64M"], ["65"], "", 139),
    "much larger": (["--rlimit", "stack=2G"], ["2000"], "2000 of 2048\n", 0),
    "unlimited": (["--rlimit", "stack=unlimited"], ["300"], "300 of -1\n", 0),
    "smaller": (["--rlimit", "stack=2M:8M"], ["3"], "", 139),
    "of the next program": ([], ["100", "128"], "100 of 128\n", 0),
    "of the next, smaller": (["--rlimit", "stack=64M:unlimited"], ["8", "4"], "", 139),
}


def run(options, arguments, mode):
    command = [*options.m2sim, "run", "--mode", mode, "--quiet", *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=200, check=False)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def sanitized(options, folder, name):
    """What is wrong; empty: nothing."""
    flags, body, wanted, status = SANITIZED[name]
    program = folder / name.replace(" ", "_")
    source = program.with_suffix(".c")
    source.write_text(SOURCE.format(body=body), encoding="utf-8")
    subprocess.run([COMPILER, "-w", "-O1", "-pthread", *flags.split(), str(source), "-o", str(program)], check=True)
    got, out, err = run(options, [*WITHOUT_LEAKS, "--sysroot", SYSROOT, str(program)], "emulation")
    if got == status and re.search(wanted, out + err):
        return ""
    return f"status {got}, {out!r}, {err[-700:]!r}"


def stacked(options, program, name):
    before, arguments, wanted, status = STACKS[name]
    for mode in ("emulation", "fast-timing"):
        got, out, err = run(options, [*before, str(program), *arguments], mode)
        if (got, out) != (status, wanted):
            return f"{mode}: status {got}, {out!r}, {err[-500:]!r}"
    return ""


def main():
    options = programs.parse(__doc__.splitlines()[0], lambda parser: None)
    with tempfile.TemporaryDirectory(prefix="m2sim-layout-") as name:
        folder = pathlib.Path(name)
        (folder / "deep.c").write_text(DEEP, encoding="utf-8")
        subprocess.run([COMPILER, "-O1", "-static", str(folder / "deep.c"), "-o", str(folder / "deep")], check=True)
        work = [(f"stack, {case}", stacked, folder / "deep", case) for case in STACKS]
        work += [(f"sanitizer, {case}", sanitized, folder, case) for case in SANITIZED]
        work = [entry for entry in work if re.search(options.filter, entry[0])]
        failed = 0
        for entry, found in programs.in_parallel(options.jobs, lambda entry: (entry, entry[1](options, *entry[2:])), work):
            failed += bool(found)
            if found:
                print(f"{entry[0]}: {found}", flush=True)
    print(f"{len(work) - failed} passed, {failed} failed")
    return 1 if failed or not work else 0


if __name__ == "__main__":
    sys.exit(main())
