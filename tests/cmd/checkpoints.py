#!/usr/bin/env python3
"""m2sim run --checkpoint-at and --restore: a guest goes on in another process as if nothing had been, and what is no
good checkpoint is refused with one line."""
import json
import os
import subprocess
import unittest

import guest

SYSROOT = "/usr/aarch64-linux-gnu"

THREADED = """
#include <pthread.h>
#include <stdio.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;
static long total;
static __thread long mine;
static void *work(void *argument) {
  unsigned seed = (unsigned)(long)argument;
  for (int round = 0; round < 6; ++round) {
    for (int i = 0; i < 300; ++i) {
      seed = seed * 1103515245u + 12345u;
      mine += seed >> 20;
      pthread_mutex_lock(&lock);
      total += mine & 15;
      pthread_mutex_unlock(&lock);
    }
    pthread_barrier_wait(&barrier);
    if ((long)argument == 1) { printf("round %d: %ld\\n", round, total); fflush(stdout); }
  }
  return (void *)mine;
}
int main(void) {
  pthread_t threads[4];
  pthread_barrier_init(&barrier, 0, 4);
  for (long i = 0; i < 4; ++i) pthread_create(&threads[i], 0, work, (void *)i);
  for (int i = 0; i < 4; ++i) {
    void *result;
    pthread_join(threads[i], &result);
    printf("%ld\\n", (long)result);
  }
  return 7;
}
"""

# Pipes between the processes with something in them, shared memory, a file that is read and one that is written.
FORKING = """
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
static volatile int ticks;
static void tick(int number) { (void)number; ++ticks; }
int main(void) {
  int to[2], from[2];
  char bytes[4096];
  ssize_t size;
  if (pipe(to) != 0 || pipe(from) != 0) return 1;
  signal(SIGALRM, tick);
  struct itimerval every = {{0, 20}, {0, 20}};
  setitimer(ITIMER_REAL, &every, 0);
  volatile int *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const int data = open("data.txt", O_RDONLY);
  const int out = open("out.txt", O_CREAT | O_TRUNC | O_WRONLY, 0644);
  for (int child = 0; child < 3; ++child) {
    if (fork() != 0) continue;
    unsigned sum = 0;
    char c;
    close(to[1]);
    while (read(to[0], &c, 1) == 1) {
      for (int i = 0; i < 100; ++i) sum = sum * 31 + (unsigned)c;
      shared[child] += 1;
    }
    write(from[1], bytes, (size_t)sprintf(bytes, "child %d: %u\\n", child, sum));
    exit(child);
  }
  close(to[0]);
  close(from[1]);
  while ((size = read(data, bytes, 7)) > 0) {
    write(to[1], bytes, (size_t)size);
    write(out, bytes, (size_t)size);
  }
  close(to[1]);
  while ((size = read(from[0], bytes, sizeof bytes)) != 0) {
    if (size > 0) { fwrite(bytes, 1, (size_t)size, stdout); fflush(stdout); }
  }
  int status, sum = 0;
  while (wait(&status) > 0) sum += WEXITSTATUS(status);
  printf("%d %d %d\\n", sum, shared[0] + shared[1] + shared[2], ticks);
  return sum;
}
"""

DYNAMIC = """
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
int main(int argc, char **argv) {
  FILE *file = fopen("data.txt", "r");
  char line[100];
  double sum = argc;
  int *numbers = malloc(500 * sizeof(int));
  for (int i = 0; i < 500; ++i) numbers[i] = rand() % 1000;
  qsort(numbers, 500, sizeof(int), compare);
  while (fgets(line, sizeof line, file)) sum += sin((double)strlen(line) + sum);
  char *large = calloc(1, 3000000);
  for (int i = 0; i < 3000000; i += 50000) large[i] = (char)i;
  for (int i = 0; i < 3000000; i += 70000) sum += large[i] + numbers[i % 500];
  printf("%s %s %f\\n", argv[1], getenv("NAME"), sum);
  return 3;
}
"""

# Opens what argv[1] names, then counts.
OPENS = """
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "socket") == 0) socket(AF_UNIX, SOCK_STREAM, 0);
  if (strcmp(what, "epoll") == 0) epoll_create1(0);
  if (strcmp(what, "shm") == 0) shmget(IPC_PRIVATE, 4096, 0600);
  if (strcmp(what, "deleted") == 0) { open("gone.txt", O_CREAT | O_RDWR, 0600); unlink("gone.txt"); }
  if (strcmp(what, "locked") == 0) {
    struct flock lock = {.l_type = F_WRLCK};
    fcntl(open("locked.txt", O_CREAT | O_RDWR, 0600), F_SETLK, &lock);
  }
  if (strcmp(what, "data") == 0) open("data.txt", O_RDONLY);
  for (volatile int i = 0; i < 30000; ++i) continue;
  puts("done");
}
"""

# One file before its checkpoint and one behind it, between which a third one is looked at.
WRITES = """
#include <fcntl.h>
#include <unistd.h>
int main(void) {
  const int first = open("first.txt", O_CREAT | O_TRUNC | O_WRONLY, 0644);
  open("data.txt", O_RDONLY);
  const int second = open("second.txt", O_CREAT | O_TRUNC | O_WRONLY, 0644);
  for (int part = 0; part < 2; ++part) {
    write(first, "part\\n", 5);
    write(second, "part\\n", 5);
    for (volatile int i = 0; i < 30000; ++i) continue;
  }
}
"""

COUNTS = """
    .globl _start
_start:
    mov x0, #1
    lsl x0, x0, #13
again:
    add x1, x1, #1
    eor x2, x2, x1
    subs x0, x0, #1
    b.ne again
    mov x0, #5
    mov x8, #93
    svc #0
"""


class Checkpoints(guest.GuestTest):
    def setUp(self):
        super().setUp()
        with open(self.path("data.txt"), "w", encoding="utf-8") as file:
            file.writelines(f"line {i} {'x' * (i % 17)}\n" for i in range(60))

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def run_here(self, *arguments):
        return self.m2sim("run", "-q", *arguments, cwd=self.folder)

    def figures(self, name):
        stats = json.loads(self.read(name))["stats"]
        return {name: value for name, value in stats.items() if not name.startswith("host.")}

    def check(self, at, program, more=()):
        """In each timing mode a run from the checkpoint is one that skipped as much, and both parts are the whole."""
        command = [*more, *program]
        file = self.path("guest.ckpt")
        before = self.run_here("--mode", "emulation", "--limit", str(at), "--checkpoint-at", f"{at}={file}", *command)
        self.assertEqual((before.status, before.err), (0, ""))
        written = self.read("out.txt") if os.path.exists(self.path("out.txt")) else None
        for mode in ("timing", "fast-timing"):
            whole = self.run_here("--mode", mode, "--skip", str(at), "--stats", self.path("whole.json"), *command)
            after = self.m2sim("run", "-q", "--mode", mode, "--restore", file, "--stats", self.path("rest.json"), cwd="/")
            self.assertEqual((after.status, after.err), (whole.status, whole.err))
            self.assertEqual(before.out + after.out, whole.out)
            self.assertEqual(self.figures("rest.json"), self.figures("whole.json"))
            if written is not None:
                self.assertTrue(self.read("out.txt").startswith(written))
                self.assertEqual(self.read("out.txt"), self.read("data.txt"))

    def test_a_threaded_program(self):
        program = self.c_guest("threaded", THREADED)
        for at in (60_000, 90_003):
            self.check(at, [program])

    def test_a_forking_program(self):
        program = self.c_guest("forking", FORKING)
        for at in (60_000, 300_001):
            self.check(at, [program])

    def test_a_dynamically_linked_program(self):
        if not os.path.exists(SYSROOT + "/lib/ld-linux-aarch64.so.1"):
            self.skipTest("there is no C library for arm64")
        program = self.path("dynamic")
        subprocess.run([guest.GUEST_CC, "-O1", "-o", program, self.write("dynamic.c", DYNAMIC), "-lm"], check=True,
                       timeout=60)
        for at in (50_000, 200_001):
            self.check(at, [program, "word"], ("--sysroot", SYSROOT, "--env", "NAME=value"))

    def test_warm_structures_give_the_cycles_of_the_run_that_went_on(self):
        threaded = self.c_guest("threaded", THREADED)
        forking = self.c_guest("forking", FORKING)
        file = self.path("warm.ckpt")
        for mode in ("timing", "fast-timing"):
            for program, at in ((threaded, 60_001), (forking, 120_000)):
                made = self.run_here("--mode", mode, "--warmup", str(at), "--checkpoint-at", f"{at}={file}", "--checkpoint-warm",
                                     "--stats", self.path("made.json"), program)
                rest = self.run_here("--mode", mode, "--restore", file, "--stats", self.path("rest.json"))
                self.assertEqual((rest.status, rest.err), (made.status, made.err))
                same = [{name: value for name, value in self.figures(name).items() if not name.startswith("emulation.block")}
                        for name in ("rest.json", "made.json")]
                self.assertEqual(same[0], same[1])
                self.run_here("--mode", mode, "--restore", file, "--restore-cold", "--stats", self.path("cold.json"))
                self.assertGreater(self.figures("cold.json")["core.cycles"], same[0]["core.cycles"])
        self.assert_fails(125, "--restore: '.*warm.ckpt' has what a core of another configuration has learned .m2-pcore.; give "
                               "--restore-cold", "run", "--restore", file, "--core", "m1-pcore")
        self.assert_fails(125, "--restore: .*another configuration", "run", "--restore", file, "--set", "rob.groups=100")
        self.assert_fails(125, "run: --sample has a warming of its own", "run", "--restore", file, "--sample")

    def test_where_structures_cannot_be_kept(self):
        program = self.guest("counts", COUNTS)
        point = ["--checkpoint-at", "7=" + self.path("f"), "--checkpoint-warm"]
        for more, text in ((["--mode", "emulation"], "nothing learns in emulation mode"),
                           (["--interval", "1000", "--interval-file", self.path("i.csv")], "does not go with regions, --interval"),
                           (["--clock", "cycles"], "does not go with --clock cycles")):
            self.assert_fails(125, f"run: --checkpoint-warm:? {text}", "run", *point, *more, program)
        self.assert_fails(125, "run: --checkpoint-warm says what a checkpoint has", "run", "--checkpoint-warm", program)
        self.assert_fails(125, "run: --restore-cold says how to begin", "run", "--restore-cold", program)

    def test_every_place_of_a_loop(self):
        program = self.guest("counts", COUNTS)
        for at in range(1, 12):
            self.check(at, [program])

    def test_the_run_that_makes_one_is_not_changed(self):
        program = self.c_guest("forking", FORKING)
        for mode in ("emulation", "timing", "fast-timing"):
            plain = self.run_here("--mode", mode, "--stats", self.path("plain.json"), program)
            made = self.run_here("--mode", mode, "--stats", self.path("made.json"), "--checkpoint-at",
                                 "70k=" + self.path("a"), "--checkpoint-at", "200001=" + self.path("b"), program)
            self.assertEqual(vars(made), vars(plain))
            same = [{name: value for name, value in self.figures(name).items() if name != "emulation.block_lookups"}
                    for name in ("made.json", "plain.json")]
            self.assertEqual(same[0], same[1])

    def test_checkpoints_of_checkpoints(self):
        program = self.guest("counts", COUNTS)
        first, second, third = (self.path(name) for name in ("first", "second", "third"))
        self.run_here("--mode", "emulation", "--limit", "9", "--checkpoint-at", "7=" + first, program)
        self.run_here("--fast-timing", "--limit", "5000", "--checkpoint-at", "1001=" + second, "--restore", first)
        self.run_here("--mode", "emulation", "--limit", "2000", "--checkpoint-at", "1001=" + third, program)
        figures = []
        for file in (second, third):
            done = self.run_here("--skip", "10", "--stats", self.path("rest.json"), "--restore", file)
            self.assertEqual((done.status, done.err), (5, ""))
            figures.append({name: value for name, value in self.figures("rest.json").items()
                            if not name.startswith("emulation.block")})
        self.assertEqual(figures[0], figures[1])
        self.assert_fails(125, "--checkpoint-at: '.*second' is at 1001 instructions already", "run", "--restore", second,
                          "--checkpoint-at", "1000=" + first)

    def test_again_goes_on_from_the_same_checkpoint(self):
        program = self.guest("counts", COUNTS)
        file = self.path("counts.ckpt")
        self.run_here("--mode", "emulation", "--checkpoint-at", "1000=" + file, program)
        self.run_here("--limit", "5000", "--restore", file, "--stats", self.path("a.json"))
        again = self.run_here("--again", self.path("a.json"), "--stats", self.path("b.json"))
        self.assertEqual((again.status, again.err), (0, ""))
        self.assertEqual(self.figures("a.json"), self.figures("b.json"))
        self.assertEqual(json.loads(self.read("b.json"))["manifest"]["restored"], file)

    def test_again_from_another_checkpoint(self):
        program = self.guest("counts", COUNTS)
        for at in ("1000", "2000"):
            self.run_here("--mode", "emulation", "--checkpoint-at", f"{at}={self.path(at)}", program)
        self.run_here("--restore", self.path("1000"), "--stats", self.path("restored.json"))
        for options in (("--again", self.path("restored.json"), "--restore", self.path("2000")),
                        ("--restore", self.path("2000"), "--again", self.path("restored.json"))):
            done = self.run_here(*options, "--stats", self.path("other.json"))
            self.assertEqual((done.status, done.err), (5, f"m2sim: --again: '{self.path('restored.json')}' went on from "
                                                          f"'{self.path('1000')}', and this run goes on from '{self.path('2000')}'\n"))
            self.assertEqual(json.loads(self.read("other.json"))["manifest"]["restored"], self.path("2000"))
        self.run_here("--stats", self.path("begun.json"), program)
        self.assert_fails(125, "run: --again: '.*begun.json' is of a run that began with its program", "run", "--again",
                          self.path("begun.json"), "--restore", self.path("1000"))

    def test_what_cannot_be_kept_is_refused_by_name(self):
        program = self.c_guest("opens", OPENS)
        for what, text in (("socket", "descriptor 3 is a socket"), ("epoll", "descriptor 3 is an epoll instance"),
                           ("shm", "shared memory of System V"), ("deleted", "descriptor 3 is a file without a name"),
                           ("locked", "a lock on a file")):
            result = self.run_here("--mode", "emulation", "--checkpoint-at", "90k=" + self.path("no.ckpt"), program, what)
            self.assertEqual((result.status, result.err.count("\n")), (125, 1), result.err)
            self.assertIn(text, result.err)
            self.assertEqual(result.out, "done\n")
            self.assertFalse(os.path.exists(self.path("no.ckpt")))

    def test_the_run_goes_on_behind_one_that_cannot_be_made(self):
        program = self.c_guest("opens", OPENS)
        for mode, more in (("emulation", ["--limit", "100k"]), ("fast-timing", []), ("fast-timing", ["--checkpoint-warm"])):
            for name in ("late.ckpt", "stats.json"):
                if os.path.exists(self.path(name)):
                    os.remove(self.path(name))
            result = self.run_here("--mode", mode, *more, "--checkpoint-at", "60k=/dev/full", "--checkpoint-at",
                                   "90k=" + self.path("late.ckpt"), "--stats", self.path("stats.json"), program)
            self.assertEqual((result.status, result.err), (125, "m2sim: run: --checkpoint-at 60000: cannot write '/dev/full': "
                                                                "No space left on device\n"))
            self.assertGreater(self.figures("stats.json")["emulation.insts"], 90_000)
            self.assertEqual(self.run_here("--mode", "emulation", "--restore", self.path("late.ckpt")).out, "done\n")

    def made(self, *arguments):
        program = self.c_guest("opens", OPENS)
        file = self.path("made.ckpt")
        done = self.run_here("--mode", "emulation", "--checkpoint-at", "90k=" + file, program, *arguments)
        self.assertEqual((done.status, done.err), (0, ""))
        return program, file

    def test_a_changed_program_is_refused(self):
        program, file = self.made()
        with open(program, "r+b") as changed:
            changed.seek(-1, os.SEEK_END)
            changed.write(b"?")
        self.assert_fails(125, "--restore: '.*made.ckpt': .*opens is not what it was when the checkpoint was made; put that "
                               "file back, or make the checkpoint anew", "run", "--restore", file)
        os.remove(program)
        self.assert_fails(125, "--restore: .*it needs .*opens, which cannot be opened: No such file", "run", "--restore", file)

    def test_a_changed_file_is_refused(self):
        _, file = self.made("data")
        self.assertEqual(self.run_here("--mode", "emulation", "--restore", file).out, "done\n")
        with open(self.path("data.txt"), "a", encoding="utf-8") as data:
            data.write("more\n")
        self.assert_fails(125, "--restore: .*data.txt is not what it was", "run", "--restore", file)
        os.remove(self.path("data.txt"))
        os.mkfifo(self.path("data.txt"))
        self.assert_fails(125, "--restore: .*data.txt is no regular file any more", "run", "--restore", file)
        os.remove(self.path("data.txt"))
        self.assert_fails(125, "--restore: '/dev/zero' is no regular file", "run", "--restore", "/dev/zero")

    def test_a_refused_restore_leaves_the_files(self):
        program = self.c_guest("writes", WRITES)
        file = self.path("made.ckpt")
        for mode in (["--mode", "emulation"], ["--fast-timing", "--checkpoint-warm"]):
            self.run_here(*mode, "--checkpoint-at", "90k=" + file, program)
            after = self.read("first.txt")
            with open(self.path("data.txt"), "a", encoding="utf-8") as data:
                data.write("more\n")
            self.assert_fails(125, "--restore: .*data.txt is not what it was", "run", "--restore", file)
            self.assertEqual((self.read("first.txt"), self.read("second.txt")), (after, after))
            os.truncate(self.path("data.txt"), os.path.getsize(self.path("data.txt")) - 5)
            self.assert_fails(125, ".*nowhere", "run", "--restore", file, "--roi-symbol", "nowhere")
            self.assertEqual((self.read("first.txt"), self.read("second.txt")), (after, after))
        self.assert_fails(125, "--restore: .*another configuration", "run", "--restore", file, "--set", "rob.groups=100")
        self.assertEqual((self.read("first.txt"), self.read("second.txt")), (after, after))
        for name in ("first.txt", "second.txt"):
            with open(self.path(name), "a", encoding="utf-8") as grown:
                grown.write("written later\n")
        self.assertEqual(self.run_here("--restore", file).status, 0)
        self.assertEqual((self.read("first.txt"), self.read("second.txt")), (after, after))

    def test_damaged_checkpoints_are_refused(self):
        _, file = self.made()
        good = self.read("made.ckpt")
        middle = len(good) // 2
        damaged = {
            "the file is empty": b"",
            "the file is not a checkpoint of m2sim": b"\x7fELF" + good,
            "not a checkpoint": good[:20],
            "the file ends early": good[:-1],
            "ends early": good[:middle],
            "of the other byte order": good[:16] + good[19:15:-1] + good[20:],
            "its head makes no sense": good[:16] + b"\0\0\0\0" + good[20:],
            "it has schema 77, and this m2sim reads": good[:20] + b"\x4d\0\0\0" + good[24:],
            "the checksum of its part": good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1:],
            "checksum of its part 1 is wrong": good[:100] + bytes([good[100] ^ 0x80]) + good[101:],
            "5 bytes behind its end": good + b"more\n",
        }
        for text, content in damaged.items():
            with open(file, "wb") as written:
                written.write(content)
            self.assert_fails(125, f"--restore: '.*made.ckpt': .*{text}", "run", "--restore", file)
        self.assert_fails(125, ".*", "run", "--restore", self.folder)
        self.assert_fails(125, ".*No such file", "run", "--restore", self.path("nothing"))
        self.assert_fails(125, "run: --restore: the file name is empty", "run", "--restore", "")
        # Anywhere at all.
        for at in sorted({0, 17, 21, 24, 41, 48, 57, *range(60, len(good), max(1, len(good) // 40)), len(good) - 1}):
            with open(file, "wb") as written:
                written.write(good[:at] + bytes([good[at] ^ 4]) + good[at + 1:])
            self.assert_fails(125, "--restore: '.*made.ckpt': .*", "run", "--restore", file)

    def test_a_sysroot_that_is_gone_is_named_with_its_checkpoint(self):
        program = self.guest("counts", COUNTS)
        sysroot = self.path("root")
        os.mkdir(sysroot)
        file = self.path("counts.ckpt")
        self.run_here("--mode", "emulation", "--sysroot", sysroot, "--checkpoint-at", "100=" + file, program)
        os.rmdir(sysroot)
        self.assert_fails(125, "--restore: '.*counts.ckpt' was made with the sysroot '.*root', which is not there any more",
                          "run", "--restore", file)

    def test_the_surroundings_are_those_of_the_checkpoint(self):
        program, file = self.made()
        for more in (["--sysroot", "/"], ["--env", "A=b"], ["--cwd", "/"], ["--rlimit", "stack=1M"], ["--start-time", "1"],
                     [program]):
            self.assert_fails(125, "run: --restore goes on with what the checkpoint has, and .* would be another", "run",
                              "--restore", file, *more)
        self.assert_fails(125, "--restore: .*processor m2.*leave out --cpu", "run", "--restore", file, "--cpu", "m1")
        self.assertEqual(self.run_here("--fast-timing", "--core", "m1-pcore", "--restore", file).out, "done\n")

    def test_points_that_make_no_sense(self):
        program = self.guest("counts", COUNTS)
        for point, text in (("7", "write INSTS=FILE"), ("7=", "write INSTS=FILE"), ("x=f", "not a whole number"),
                            ("7=/no/such/folder/f", "no/such/folder")):
            self.assert_fails(125, f".*{text}", "run", "--checkpoint-at", point, program)
        self.assert_fails(125, "run: --sample does not go with --checkpoint-at", "run", "--sample", "--checkpoint-at",
                          "7=" + self.path("f"), program)
        # What it would overwrite: the program, and another checkpoint that is not there yet.
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        os.chdir(os.path.dirname(self.path("f")))
        self.assert_fails(125, "'.*' is named twice", "run", "--checkpoint-at", "7=" + program, program)
        self.assert_fails(125, "'f' is named twice", "run", "--checkpoint-at", "7=./f", "--checkpoint-at", "9=f", program)
        late = self.run_here("--mode", "emulation", "--limit", "100", "--checkpoint-at", "101=" + self.path("late"), program)
        self.assertEqual((late.status, late.err.count("\n")), (123, 1))
        self.assertIn("the run ended after 100 instructions, and", late.err)
        self.assertFalse(os.path.exists(self.path("late")))


if __name__ == "__main__":
    unittest.main()
