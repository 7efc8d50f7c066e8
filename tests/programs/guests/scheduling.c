// What is kept of what a program asks the scheduler for, of the memory that it locks, and what a parent's end does
// to its children.
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { kSize = 1 << 18 };

static void in_child(void (*body)(void)) {
  fflush(stdout);
  if (fork() == 0) {
    body();
    fflush(stdout);
    _exit(0);
  }
  wait(NULL);
}

static int nice_of(void) {
  errno = 0;
  const int nice = getpriority(PRIO_PROCESS, 0);
  return errno == 0 ? nice : 99;
}

static void stat_fields(void) {
  char line[1000];
  FILE* file = fopen("/proc/self/stat", "r");
  line[fread(line, 1, sizeof(line) - 1, file)] = 0;
  fclose(file);
  char* at = strrchr(line, ')') + 2;
  for (int field = 3; at != NULL; ++field, at = strchr(at, ' ') == NULL ? NULL : strchr(at, ' ') + 1) {
    if (field == 18 || field == 19 || field == 40 || field == 41) printf("stat %d: %d\n", field, atoi(at));
  }
}

static void nice_values(void) {
  say("nice", nice_of());
  say("setpriority", setpriority(PRIO_PROCESS, 0, 5));
  say("nice", nice_of());
  stat_fields();
  say("too nice", setpriority(PRIO_PROCESS, 0, 50));
  say("nice", nice_of());
  int status = 0;
  if (fork() == 0) _exit(nice_of());
  wait(&status);
  say("child", WEXITSTATUS(status));
  say("of a group", getpriority(PRIO_PGRP, 0) <= 19);
  say("nobody", setpriority(PRIO_PROCESS, 999999, 1));
  say("what", setpriority(7, 0, 1));
  setuid(4242);
  say("back", setpriority(PRIO_PROCESS, 0, 10));
  say("the same", setpriority(PRIO_PROCESS, 0, 19));
}

static void policies(void) {
  struct sched_param parameter = {0};
  say("policy", sched_getscheduler(0));
  say("batch", sched_setscheduler(0, SCHED_BATCH, &parameter));
  say("policy", sched_getscheduler(0));
  say("idle", sched_setscheduler(0, SCHED_IDLE, &parameter));
  parameter.sched_priority = 5;
  say("idle with a priority", sched_setscheduler(0, SCHED_IDLE, &parameter));
  parameter.sched_priority = 0;
  say("fifo without one", sched_setscheduler(0, SCHED_FIFO, &parameter));
  say("unknown", sched_setscheduler(0, 77, &parameter));
  say("reset", sched_setscheduler(0, SCHED_BATCH | SCHED_RESET_ON_FORK, &parameter));
  say("policy", sched_getscheduler(0) == (SCHED_BATCH | SCHED_RESET_ON_FORK));
  int status = 0;
  if (fork() == 0) _exit(sched_getscheduler(0));
  wait(&status);
  say("child", WEXITSTATUS(status));
  setuid(4242);
  say("without", sched_setscheduler(0, SCHED_BATCH, &parameter));
  parameter.sched_priority = 1;
  say("fifo as a user", sched_setscheduler(0, SCHED_FIFO, &parameter));
  say("nobody", sched_getscheduler(999999));
}

static void input_output(void) {
  say("ioprio", syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 6));
  say("is", syscall(SYS_ioprio_get, 1, 0));
  say("class", syscall(SYS_ioprio_set, 1, 0, 5 << 13));
  say("whose", syscall(SYS_ioprio_get, 9, 0));
  say("nobody's", syscall(SYS_ioprio_get, 1, 999999));
}

static void locked(const char* when) {
  char line[200];
  FILE* file = fopen("/proc/self/status", "r");
  while (fgets(line, sizeof(line), file) != NULL) {
    if (strncmp(line, "VmLck", 5) == 0) printf("%s: %d\n", when, atoi(line + 6));
  }
  fclose(file);
}

static void locking(void) {
  char* at = mmap(NULL, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  locked("at first");
  say("mlock", mlock(at, kSize / 2));
  locked("half");
  unsigned char resident[kSize / 4096];
  say("mincore", mincore(at, kSize, resident));
  say("resident", resident[0] & 1);
  say("again", mlock(at, kSize / 2));
  locked("the same half");
  say("munlock", munlock(at, kSize / 4));
  locked("a quarter");
  if (fork() == 0) {
    locked("child");
    fflush(stdout);
    _exit(0);
  }
  wait(NULL);
  say("nothing there", mlock((void*)0x5000000, kSize));
  say("munmap", munmap(at, kSize));
  locked("gone");
  void* more = mmap(NULL, kSize, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
  locked("by mmap");
  say("mlockall", mlockall(MCL_FUTURE));
  munmap(more, kSize);
  more = mmap(NULL, kSize, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  locked("by mlockall");
  say("munlockall", munlockall());
  locked("none");
  say("flags", mlockall(8));
  const struct rlimit limit = {kSize / 2, kSize / 2};
  setrlimit(RLIMIT_MEMLOCK, &limit);
  setuid(4242);
  say("within", mlock(more, kSize / 2));
  say("beyond", mlock(more, kSize));
  const struct rlimit none = {0, 0};
  setrlimit(RLIMIT_MEMLOCK, &none);
  say("none at all", mlock(more, kSize / 4));
}

// A grandchild's parent ends: who is the next?
static void orphans(void) {
  int ends[2];
  const pid_t self = getpid();
  pipe(ends);
  say("subreaper", prctl(PR_SET_CHILD_SUBREAPER, 1));
  fflush(stdout);
  if (fork() == 0) {
    if (fork() == 0) {
      char byte;
      read(ends[0], &byte, 1);
      _exit(getppid() == self ? 7 : 8);
    }
    _exit(3);
  }
  int status = 0;
  wait(&status);
  say("child", WEXITSTATUS(status));
  write(ends[1], "x", 1);
  say("grandchild", wait(&status) > 0 ? WEXITSTATUS(status) : -1);
  say("nobody left", wait(&status));
}

static void death_signal(void) {
  int ends[2];
  char byte = 0;
  int signal = 0;
  pipe(ends);
  if (fork() == 0) {
    int ready[2];
    pipe(ready);
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      prctl(PR_GET_PDEATHSIG, &signal);
      byte = (char)signal;
      write(ends[1], &byte, 1);
      write(ready[1], &byte, 1);
      for (;;) pause();
    }
    read(ready[0], &byte, 1);
    _exit(0);
  }
  close(ends[1]);
  read(ends[0], &byte, 1);
  say("it asks for", byte);
  say("end of file when it is killed", read(ends[0], &byte, 1));
  wait(NULL);
  say("no signal", prctl(PR_SET_PDEATHSIG, 100));
}

int main(void) {
  in_child(nice_values);
  in_child(policies);
  in_child(input_output);
  in_child(locking);
  in_child(orphans);
  in_child(death_signal);
  return 0;
}
