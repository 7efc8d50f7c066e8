// Processes: fork, wait in all forms, pipes that fill, process groups, stopping and going on.
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static void status_of(const char* name, int status) {
  if (WIFEXITED(status)) printf("%s: exited %d\n", name, WEXITSTATUS(status));
  if (WIFSIGNALED(status)) printf("%s: killed %d\n", name, WTERMSIG(status));
  if (WIFSTOPPED(status)) printf("%s: stopped %d\n", name, WSTOPSIG(status));
  if (WIFCONTINUED(status)) printf("%s: continued\n", name);
  fflush(stdout);
}

static void through_a_pipe(void) {
  enum { kBytes = 300000 };
  int ends[2];
  int status;
  say("pipe", pipe(ends));
  if (fork() == 0) {
    static char block[kBytes];
    memset(block, 'x', sizeof(block));
    close(ends[0]);
    _exit(write(ends[1], block, kBytes) == kBytes ? 7 : 8);
  }
  close(ends[1]);
  char part[4096];
  long total = 0;
  for (long got; (got = read(ends[0], part, sizeof(part))) > 0;) total += got;
  say("bytes", total);
  wait(&status);
  status_of("writer", status);
  close(ends[0]);
}

static void no_reader(void) {
  int ends[2];
  int status;
  pipe(ends);
  close(ends[0]);
  if (fork() == 0) {
    signal(SIGPIPE, SIG_IGN);
    _exit(write(ends[1], "x", 1) == -1 && errno == EPIPE);
  }
  wait(&status);
  status_of("ignoring writer", status);
  if (fork() == 0) _exit((int)write(ends[1], "x", 1));
  wait(&status);
  status_of("writer without reader", status);
  close(ends[1]);
}

static void stop_and_go_on(void) {
  int status;
  siginfo_t info;
  const pid_t child = fork();
  if (child == 0) {
    raise(SIGSTOP);
    _exit(5);
  }
  waitpid(child, &status, WUNTRACED);
  status_of("child", status);
  kill(child, SIGCONT);
  waitpid(child, &status, WCONTINUED);
  status_of("child", status);
  memset(&info, 0, sizeof(info));
  say("waitid", waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT));
  printf("code %d status %d own %d\n", info.si_code, info.si_status, info.si_pid == child);
  waitpid(child, &status, 0);
  status_of("child", status);
  say("no more", wait(&status));
}

static void groups(void) {
  int status;
  const pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    if (fork() == 0) pause();
    pause();
  }
  while (getpgid(child) != child) usleep(100);
  usleep(1000);
  say("kill group", kill(-child, SIGTERM));
  say("waited for group", waitpid(-child, &status, 0) == child);
  status_of("leader", status);
  say("setsid of a leader", setpgid(0, 0) == 0 ? setsid() : -1);
}

static void shared_memory(void) {
  int* shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int* own = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int status;
  if (fork() == 0) {
    *shared = 42;
    *own = 43;
    _exit(0);
  }
  wait(&status);
  printf("shared %d own %d\n", *shared, *own);
}

int main(void) {
  through_a_pipe();
  no_reader();
  stop_and_go_on();
  groups();
  shared_memory();
  int status;
  if (fork() == 0) abort();
  wait(&status);
  status_of("abort", status);
  if (fork() == 0) _exit(*(volatile int*)8);
  wait(&status);
  status_of("null", status);
  return 0;
}
