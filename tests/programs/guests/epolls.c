// epoll: levels, edges, single shots, shared and duplicated files, instances in instances, several waiters.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static int add(int epoll, int file, unsigned events, unsigned data) {
  struct epoll_event event = {.events = events, .data.u64 = data | 0x1234567800000000ull};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, file, &event);
}

static void look(const char* name, int epoll, int milliseconds) {
  struct epoll_event events[8];
  const int count = epoll_wait(epoll, events, 8, milliseconds);
  printf("%s: %d", name, count);
  for (int i = 0; i < count; ++i) {
    printf(" %x/%x%s", events[i].events, (unsigned)events[i].data.u64,
           events[i].data.u64 >> 32 == 0x12345678 ? "" : "?");
  }
  printf("\n");
}

static void* write_later(void* file) {
  usleep(3000);
  write(*(int*)file, "z", 1);
  return NULL;
}

static void levels_and_edges(int epoll, int ends[2]) {
  int pair[2];
  pipe(ends);
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  say("add", add(epoll, ends[0], EPOLLIN, 1));
  say("add again", add(epoll, ends[0], EPOLLIN, 1));
  say("add a closed one", add(epoll, 99, EPOLLIN, 1));
  say("add itself", add(epoll, epoll, EPOLLIN, 1));
  const int plain = open("plain", O_RDWR | O_CREAT, 0600);
  say("add a plain file", add(epoll, plain, EPOLLIN, 1));
  look("nothing", epoll, 0);
  write(ends[1], "ab", 2);
  look("level", epoll, -1);
  look("level still", epoll, -1);
  add(epoll, pair[0], EPOLLIN | EPOLLOUT | EPOLLET, 2);
  look("edge", epoll, -1);
  look("edge is over", epoll, 0);
  write(pair[1], "c", 1);
  look("another edge", epoll, -1);
  struct epoll_event once = {.events = EPOLLIN | EPOLLONESHOT, .data.u64 = 0x1234567800000003ull};
  say("mod", epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], &once));
  look("one shot", epoll, -1);
  look("no second", epoll, 0);
  say("rearm", epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], &once));
  look("one more", epoll, -1);
  say("del", epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], NULL));
  say("del again", epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], NULL));
  say("mod what is not there", epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], &once));
  close(pair[0]);
  close(pair[1]);
}

static void duplicates(int epoll, int ends[2]) {
  const int copy = dup(ends[0]);
  say("add", add(epoll, ends[0], EPOLLIN, 4));
  say("add its copy", add(epoll, copy, EPOLLIN, 5));
  look("both", epoll, -1);
  close(ends[0]);
  look("still both", epoll, -1);
  say("del the copy", epoll_ctl(epoll, EPOLL_CTL_DEL, copy, NULL));
  look("the closed one", epoll, -1);
  close(copy);
  look("none left", epoll, 0);
  close(ends[1]);
}

static void nested(int epoll) {
  const int outer = epoll_create1(0);
  const int event = eventfd(0, EFD_NONBLOCK);
  say("add eventfd", add(epoll, event, EPOLLIN, 6));
  say("nest", add(outer, epoll, EPOLLIN, 7));
  look("outer", outer, 0);
  eventfd_write(event, 3);
  look("outer", outer, -1);
  look("inner", epoll, -1);
  eventfd_t value;
  eventfd_read(event, &value);
  look("outer", outer, 0);
  say("value", (long)value);

  const int timer = timerfd_create(CLOCK_MONOTONIC, 0);
  const struct itimerspec soon = {{0, 0}, {0, 2000000}};
  timerfd_settime(timer, 0, &soon, NULL);
  add(epoll, timer, EPOLLIN, 8);
  look("timer through outer", outer, 1000);
  look("timer", epoll, 1000);
  epoll_ctl(epoll, EPOLL_CTL_DEL, timer, NULL);
  look("limit", epoll, 3);
}

static void other_ends(int epoll, int ends[2]) {
  char bytes[16];
  pipe(ends);
  add(epoll, ends[0], EPOLLIN | EPOLLRDHUP, 9);
  pthread_t thread;
  pthread_create(&thread, NULL, write_later, &ends[1]);
  look("from a thread", epoll, -1);
  pthread_join(thread, NULL);
  read(ends[0], bytes, sizeof(bytes));
  if (fork() == 0) {
    close(ends[0]);
    usleep(2000);
    write(ends[1], "q", 1);
    look("in the child", epoll, -1);
    _exit(0);
  }
  wait(NULL);
  close(ends[1]);
  look("end of file", epoll, -1);
  read(ends[0], bytes, sizeof(bytes));
  look("hang-up", epoll, -1);
}

// As many events at once as there is room for.
static void many(void) {
  enum { kMany = 1500 };
  static struct epoll_event events[2 * kMany];
  static int told[kMany];
  int ends[2];
  const struct rlimit limit = {2 * kMany, 2 * kMany};
  setrlimit(RLIMIT_NOFILE, &limit);
  const int epoll = epoll_create1(0);
  pipe(ends);
  write(ends[1], "m", 1);
  for (int i = 0; i < kMany; ++i) add(epoll, dup(ends[0]), EPOLLIN, (unsigned)i);
  say("of many", epoll_wait(epoll, events, 1100, 0));
  const int count = epoll_wait(epoll, events, 2 * kMany, 0);
  say("all", count);
  for (int i = 0; i < count; ++i) ++told[events[i].data.u32];
  int once = 0;
  for (int i = 0; i < kMany; ++i) once += told[i] == 1;
  say("each once", once);
}

int main(void) {
  int ends[2];
  struct epoll_event event;
  setvbuf(stdout, NULL, _IONBF, 0);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  levels_and_edges(epoll, ends);
  duplicates(epoll, ends);
  nested(epoll);
  other_ends(epoll, ends);
  say("bad count", epoll_wait(epoll, &event, 0, 0));
  say("not an epoll", epoll_wait(ends[0], &event, 1, 0));
  many();
  return 0;
}
