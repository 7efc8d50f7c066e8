// What /proc/self/fdinfo tells of files that are more than a name. (O_LARGEFILE is 0400000 on arm64.)
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "check.h"

// Those lines that do not depend on the machine.
static void tell(const char* name, int fd) {
  static const char* const kLines[] = {"flags:",   "pos:",  "eventfd-count:", "tfd:",        "clockid:",
                                       "sigmask:", "Pid:",  "NSpid:",         "it_interval:"};
  char line[300];
  snprintf(line, sizeof(line), "/proc/self/fdinfo/%d", fd);
  FILE* file = fopen(line, "r");
  printf("%s\n", name);
  while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
    for (size_t i = 0; i < sizeof(kLines) / sizeof(kLines[0]); ++i) {
      if (strncmp(line, kLines[i], strlen(kLines[i])) != 0) continue;
      if (strstr(line, " pos:") != NULL) *strstr(line, " pos:") = 0;
      line[strcspn(line, "\n")] = 0;
      if (strncmp(line, "Pid", 3) == 0 || strncmp(line, "NSpid", 5) == 0) {
        const int pid = atoi(strchr(line, '\t'));
        printf("  %.*s %s\n", (int)(strchr(line, ':') - line), line, pid == getpid() ? "own" : pid < 0 ? "none" : "other");
      } else {
        printf("  %s\n", line);
      }
    }
    if (strncmp(line, "inotify wd:1 ", 13) == 0) printf("  %.13smask %d\n", line, strstr(line, "mask:100") != NULL);
  }
  if (file != NULL) fclose(file);
}

int main(void) {
  const int plain = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  lseek(plain, 123, SEEK_SET);
  tell("plain", plain);
  struct stat status;
  char name[64], line[100];
  fstat(plain, &status);
  snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", plain);
  FILE* file = fopen(name, "r");
  unsigned long inode = 0;
  while (fgets(line, sizeof(line), file) != NULL) sscanf(line, "ino: %lu", &inode);
  fclose(file);
  say("inode", inode == status.st_ino);
  const int event = eventfd(0x2a, EFD_NONBLOCK);
  tell("eventfd", event);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event wanted = {EPOLLIN | EPOLLET, {.u64 = 0x123456789abcdef}};
  dup2(event, 60);
  epoll_ctl(epoll, EPOLL_CTL_ADD, event, &wanted);
  wanted.events = EPOLLOUT;
  wanted.data.u64 = 7;
  epoll_ctl(epoll, EPOLL_CTL_ADD, 60, &wanted);
  tell("epoll", epoll);
  epoll_ctl(epoll, EPOLL_CTL_DEL, event, NULL);
  tell("one less", epoll);
  const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  const struct itimerspec when = {{3, 500}, {1000, 0}};
  timerfd_settime(timer, 0, &when, NULL);
  tell("timerfd", timer);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGTERM);
  tell("signalfd", signalfd(-1, &set, 0));
  tell("pidfd", (int)syscall(SYS_pidfd_open, getpid(), 0));
  const int notify = inotify_init1(0);
  inotify_add_watch(notify, "/proc/self", IN_CREATE);
  inotify_add_watch(notify, "/", IN_CREATE);
  int ends[2];
  pipe2(ends, O_NONBLOCK);
  tell("pipe", ends[1]);
  say("closed", open("/proc/self/fdinfo/99", O_RDONLY));
  return 0;
}
