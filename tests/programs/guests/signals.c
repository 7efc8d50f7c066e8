// Signals: queues, masks, restarts, alternate stacks, synchronous waits, signalfd.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static volatile sig_atomic_t seen;
static char order[64];
static sigjmp_buf back;

static void note(int signal) { order[seen++] = (char)('A' + signal % 26); }
static void note_value(int signal, siginfo_t* info, void* context) {
  (void)context;
  printf("%s code %d value %d\n", signal == SIGRTMIN ? "rtmin" : "other", info->si_code,
         info->si_value.sival_int);
}
static void on_stack(int signal, siginfo_t* info, void* context) {
  int here;
  stack_t now;
  (void)context;
  sigaltstack(NULL, &now);
  const char* at = (const char*)&here;
  const char* base = now.ss_sp;
  printf("signal %d on alternate stack %d flags %d address %p\n", signal,
         at > base && at < base + now.ss_size, now.ss_flags, signal == SIGSEGV ? info->si_addr : NULL);
  if (signal == SIGSEGV) siglongjmp(back, 1);
}
static void handle(int signal, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  sigaction(signal, &action, NULL);
}
static void inform(int signal, void (*handler)(int, siginfo_t*, void*), int flags) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = flags | SA_SIGINFO};
  sigaction(signal, &action, NULL);
}

static void queues(void) {
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &all, NULL);
  handle(SIGUSR1, note, 0);
  handle(SIGUSR2, note, 0);
  inform(SIGRTMIN, note_value, 0);
  raise(SIGUSR2);
  raise(SIGUSR2);
  raise(SIGUSR1);
  for (int i = 0; i < 3; ++i) sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i});
  sigset_t pending;
  sigpending(&pending);
  printf("pending %d %d %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGRTMIN),
         sigismember(&pending, SIGHUP));
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGUSR1);
  siginfo_t info;
  say("sigwaitinfo", sigwaitinfo(&both, &info));
  say("code", info.si_code);
  const struct timespec at_once = {0, 1000};
  say("sigtimedwait", sigtimedwait(&both, &info, &at_once));
  sigprocmask(SIG_SETMASK, &none, NULL);
  printf("order %s\n", order);
}

static void restarts(void) {
  int ends[2];
  char byte = 0;
  pipe(ends);
  for (int flags = 0; flags <= 1; ++flags) {
    handle(SIGUSR1, note, flags ? SA_RESTART : 0);
    const pid_t parent = getpid();
    if (fork() == 0) {
      usleep(20000);
      kill(parent, SIGUSR1);
      usleep(20000);
      write(ends[1], "y", 1);
      _exit(0);
    }
    say(flags ? "restarted read" : "interrupted read", read(ends[0], &byte, 1));
    while (wait(NULL) < 0) continue;
    if (!flags) read(ends[0], &byte, 1);
  }
  struct pollfd file = {ends[0], POLLIN, 0};
  if (fork() == 0) {
    usleep(10000);
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  say("poll is not restarted", poll(&file, 1, -1));
  while (wait(NULL) < 0) continue;
  struct timespec left;
  if (fork() == 0) {
    usleep(10000);
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  say("sleep", nanosleep(&(struct timespec){5, 0}, &left));
  say("left", left.tv_sec);
  while (wait(NULL) < 0) continue;
}

static void suspend(void) {
  sigset_t usr1, old;
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  sigprocmask(SIG_BLOCK, &usr1, &old);
  const int before = seen;
  raise(SIGUSR1);
  say("blocked", seen - before);
  say("sigsuspend", sigsuspend(&old));
  say("taken", seen - before);
  sigset_t now;
  sigprocmask(SIG_SETMASK, &old, &now);
  say("mask is back", sigismember(&now, SIGUSR1));
}

static void alternate_stack(void) {
  static char space[65536];
  const stack_t stack = {.ss_sp = space, .ss_size = sizeof(space)};
  say("sigaltstack", sigaltstack(&stack, NULL));
  inform(SIGUSR2, on_stack, SA_ONSTACK);
  inform(SIGSEGV, on_stack, SA_ONSTACK | SA_NODEFER);
  raise(SIGUSR2);
  if (sigsetjmp(back, 1) == 0) *(volatile int*)16 = 1;
  handle(SIGUSR2, note, (int)SA_RESETHAND);
  raise(SIGUSR2);
  struct sigaction after;
  sigaction(SIGUSR2, NULL, &after);
  say("reset", after.sa_handler == SIG_DFL);
}

static void signal_file(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGRTMIN + 1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  const int file = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  struct signalfd_siginfo info[4];
  say("nothing", read(file, info, sizeof(info)));
  struct pollfd polled = {file, POLLIN, 0};
  say("not ready", poll(&polled, 1, 0));
  raise(SIGUSR1);
  sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 77});
  say("ready", poll(&polled, 1, 0));
  say("bytes", read(file, info, sizeof(info)));
  printf("%d %d, %d %d %d\n", info[0].ssi_signo == SIGUSR1, info[0].ssi_code,
         (int)info[1].ssi_signo == SIGRTMIN + 1, info[1].ssi_int, info[1].ssi_pid == (unsigned)getpid());
  say("drained", poll(&polled, 1, 0));
  fcntl(file, F_SETFL, 0);
  if (fork() == 0) {
    usleep(5000);
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  say("waited", read(file, info, sizeof(info)));
  wait(NULL);
}

static void* to_this_thread(void* unused) {
  (void)unused;
  sigset_t set;
  int got = 0;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigwait(&set, &got);
  say("thread got", got);
  return NULL;
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  queues();
  restarts();
  suspend();
  alternate_stack();
  signal_file();
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  pthread_t thread;
  pthread_create(&thread, NULL, to_this_thread, NULL);
  pthread_kill(thread, SIGTERM);
  pthread_join(thread, NULL);
  raise(SIGHUP);
  return 0;
}
