// What qemu-aarch64 does not do: programs that run programs, mutexes whose owner dies, stacks of handlers
// that disarm themselves, protection up to a hole.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static void status_of(const char* name, int status) {
  printf("%s: %s %d\n", name, WIFEXITED(status) ? "exited" : "killed",
         WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
  fflush(stdout);
}

static void* die_holding(void* robust) {
  pthread_mutex_lock(robust);
  return NULL;
}

static void robust_mutex(void) {
  pthread_mutexattr_t attributes;
  pthread_mutex_t robust;
  pthread_t thread;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&robust, &attributes);
  pthread_create(&thread, NULL, die_holding, &robust);
  pthread_join(thread, NULL);
  printf("robust: %s\n", strerrorname_np(pthread_mutex_lock(&robust)));
  say("consistent", pthread_mutex_consistent(&robust));
  say("unlock", pthread_mutex_unlock(&robust));
}

static void run_again(const char* self) {
  int status;
  pid_t child;
  char* arguments[] = {(char*)"again", (char*)"argument", NULL};
  char* environment[] = {(char*)"NAME=value", NULL};
  say("spawn", posix_spawn(&child, self, NULL, NULL, arguments, environment));
  waitpid(child, &status, 0);
  status_of("spawned", status);
  child = vfork();
  if (child == 0) {
    execve("/no/such/program", arguments, environment);
    _exit(errno == ENOENT ? 4 : 5);
  }
  waitpid(child, &status, 0);
  status_of("vfork", status);
  const int file = open("inherited", O_RDWR | O_CREAT | O_TRUNC, 0600);
  fcntl(file, F_SETFD, FD_CLOEXEC);
  child = fork();
  if (child == 0) {
    dup2(file, 1);
    execve(self, arguments, environment);
    _exit(6);
  }
  waitpid(child, &status, 0);
  status_of("exec", status);
  char text[100] = "";
  say("written", pread(file, text, sizeof(text) - 1, 0));
  printf("%s", text);
}

static void own_memory(void) {
  char own[4] = "";
  static const char source[] = "abc";
  struct iovec to = {own, 3};
  struct iovec from = {(void*)source, 3};
  say("process_vm_readv", process_vm_readv(getpid(), &to, 1, &from, 1, 0));
  printf("%s\n", own);
}

enum { kPage = 65536, kDisarm = (int)(1U << 31) };
static char stack[kPage];
static int inside;

static int on_stack(void) {
  char here;
  return &here >= stack && &here < stack + sizeof(stack);
}

static void handle(int signal) {
  stack_t now;
  sigaltstack(NULL, &now);
  say("in the handler", on_stack());
  say("its flags", now.ss_flags == SS_DISABLE);
  if (++inside == 1) raise(signal);
}

static void disarmed_stack(void) {
  stack_t armed = {.ss_sp = stack, .ss_size = sizeof(stack), .ss_flags = kDisarm}, now;
  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK | SA_NODEFER};
  say("armed", sigaltstack(&armed, NULL));
  sigaction(SIGUSR1, &action, NULL);
  raise(SIGUSR1);
  sigaltstack(NULL, &now);
  say("armed again", now.ss_flags == kDisarm && now.ss_sp == stack);
  armed.ss_flags = kDisarm | 4;
  say("no such flag", sigaltstack(&armed, NULL));
  armed.ss_flags = SS_DISABLE;
  say("disabled", sigaltstack(&armed, NULL));
}

static void protection(void) {
  char* pages = mmap(NULL, 3 * kPage, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(pages + kPage, kPage);
  say("to a hole", mprotect(pages, 3 * kPage, PROT_READ | PROT_WRITE));
  *pages = 1;
  int ends[2];
  pipe(ends);
  say("behind it", write(ends[1], "x", 1) == 1 ? read(ends[0], pages + 2 * kPage, 1) : 0);
  say("no such protection", mprotect(pages, kPage, 0x100));
  say("nothing that grows", mprotect(pages, kPage, PROT_READ | PROT_GROWSDOWN));
  const int both = MAP_PRIVATE | MAP_SHARED;
  say("private and shared", (long)mmap(NULL, kPage, PROT_READ, both | MAP_ANONYMOUS, -1, 0));
}

// What a child took, as time(1) asks: its time, and that of those it has waited for.
static void spend(void) {
  struct timespec spent;
  do {
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  } while (spent.tv_nsec < 50000);
}

static void usage_of_children(void) {
  struct rusage usage;
  if (fork() == 0) {
    if (fork() == 0) {
      spend();
      _exit(0);
    }
    wait(NULL);
    spend();
    _exit(0);
  }
  wait4(-1, NULL, 0, &usage);
  const long spent = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  say("usage of children", spent >= 100 && usage.ru_utime.tv_sec == 0);
}

// Along a way that must be of a kind: what is opened is as any other file.
static void by_way(void) {
  struct {
    uint64_t flags, mode, resolve;
  } how = {O_RDWR | O_CREAT, 0600, 2 /* RESOLVE_NO_MAGICLINKS */};
  unlink("by_way");
  int file = (int)syscall(SYS_openat2, AT_FDCWD, "by_way", &how, sizeof(how));
  say("by a way", file >= 0);
  say("waits", (fcntl(file, F_GETFL) & O_NONBLOCK) == 0);
  how.flags = O_RDONLY;
  how.mode = 0;
  unlink("fifo");
  mkfifo("fifo", 0600);
  if (fork() == 0) {
    close(open("fifo", O_WRONLY));
    _exit(0);
  }
  file = (int)syscall(SYS_openat2, AT_FDCWD, "fifo", &how, sizeof(how));
  char byte;
  say("of a fifo", read(file, &byte, 1));
  wait(NULL);
  say("no such file", syscall(SYS_openat2, AT_FDCWD, "none", &how, sizeof(how)));
  unlink("by_way");
  unlink("fifo");
}

static void long_strings(const char* self) {
  static char text[600000];
  char* arguments[] = {(char*)"length", text, NULL};
  int status;
  for (int length = 200000; length < 600000; length += 330000) {
    memset(text, 'a', (size_t)length);
    if (fork() == 0) {
      execve(self, arguments, NULL);
      _exit(errno == E2BIG ? 7 : 8);
    }
    wait(&status);
    status_of("long argument", status);
  }
  say("long name", execve(text, arguments, NULL));
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[0], "length") == 0) return strlen(argv[1]) == 200000 ? 6 : 5;
  if (argc == 2 && strcmp(argv[0], "again") == 0) {
    printf("%s %s %s\n", argv[0], argv[1], getenv("NAME"));
    return 9;
  }
  robust_mutex();
  own_memory();
  run_again(argv[0]);
  disarmed_stack();
  protection();
  usage_of_children();
  by_way();
  long_strings(argv[0]);
  return 0;
}
