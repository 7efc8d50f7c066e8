// What qemu-aarch64 does not do: programs that run programs, mutexes whose owner dies.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/uio.h>
#include <sys/wait.h>
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

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[0], "again") == 0) {
    printf("%s %s %s\n", argv[0], argv[1], getenv("NAME"));
    return 9;
  }
  robust_mutex();
  own_memory();
  run_again(argv[0]);
  return 0;
}
