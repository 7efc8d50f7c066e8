// How long calls wait at most, what is left of that behind them, and sockets that failed and try again.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { kMilli = 1000000 };

static volatile sig_atomic_t handled;

static void handle(int signal) { handled += signal == SIGALRM; }

static void alarm_in(long microseconds) {
  const struct itimerval soon = {{0, 0}, {0, microseconds}};
  setitimer(ITIMER_REAL, &soon, NULL);
}

static long select_once(int fd, struct timespec* limit) {
  fd_set set;
  FD_ZERO(&set);
  if (fd >= 0) FD_SET(fd, &set);
  return syscall(SYS_pselect6, fd + 1, &set, NULL, NULL, limit, NULL);
}

static void say_left(const char* name, long result, const struct timespec* left) {
  say(name, result);
  printf("left: %s\n", left->tv_sec != 0 || left->tv_nsec != 0 ? "some" : "nothing");
}

static void left_of_limits(void) {
  int ends[2];
  pipe(ends);
  struct pollfd polled = {ends[0], POLLIN, 0};
  struct timespec limit = {0, 3 * kMilli};
  say_left("pselect6", select_once(ends[0], &limit), &limit);
  limit = (struct timespec){0, 3 * kMilli};
  say_left("ppoll", syscall(SYS_ppoll, &polled, 1, &limit, NULL, 8), &limit);
  struct timeval time = {0, 3000};
  say("select", select(0, NULL, NULL, NULL, &time));
  say("left", time.tv_usec);

  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, NULL);
  alarm_in(2000);
  limit = (struct timespec){5, 0};
  say_left("interrupted pselect6", select_once(ends[0], &limit), &limit);
  say("less", limit.tv_sec < 5);
  alarm_in(2000);
  limit = (struct timespec){5, 0};
  say_left("interrupted ppoll", syscall(SYS_ppoll, &polled, 1, &limit, NULL, 8), &limit);
  say("less", limit.tv_sec < 5);

  limit = (struct timespec){5, 0};
  say_left("no such file", select_once(ends[1] + 10, &limit), &limit);
  polled.fd = ends[1] + 10;
  limit = (struct timespec){5, 0};
  say_left("nor for ppoll", syscall(SYS_ppoll, &polled, 1, &limit, NULL, 8), &limit);
  polled.fd = ends[0];
  write(ends[1], "x", 1);
  limit = (struct timespec){5, 0};
  say_left("ready for pselect6", select_once(ends[0], &limit), &limit);
  limit = (struct timespec){5, 0};
  say_left("ready for ppoll", syscall(SYS_ppoll, &polled, 1, &limit, NULL, 8), &limit);
  say("without a limit", select_once(ends[0], NULL));
  static const struct timespec constant = {5, 0};
  say("that cannot be written", syscall(SYS_ppoll, &polled, 1, &constant, NULL, 8));
}

static void limits_of_sockets(int type) {
  static char much[1 << 16];
  int pair[2];
  long done;
  struct iovec part = {much, sizeof(much)};
  const struct timeval limit = {0, 10000};
  socketpair(AF_UNIX, type, 0, pair);
  setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  say("recv", recv(pair[0], much, 1, 0));
  say("read", read(pair[0], much, 1));
  say("readv", readv(pair[0], &part, 1));
  while ((done = write(pair[0], much, sizeof(much))) > 0) continue;
  say("write", done);
  say("writev", writev(pair[0], &part, 1));
  say("send", send(pair[0], much, sizeof(much), 0));
  const struct timeval longer = {5, 0};
  setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &longer, sizeof(longer));
  alarm_in(2000);
  say("interrupted", read(pair[0], much, 1));
}

static void connections(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof(address);
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  bind(listener, (struct sockaddr*)&address, size);
  getsockname(listener, (struct sockaddr*)&address, &size);
  say("refused", connect(client, (struct sockaddr*)&address, size));
  say("once more", connect(client, (struct sockaddr*)&address, size));
  listen(listener, 1);
  say("accepted", connect(client, (struct sockaddr*)&address, size));
  say("connected", connect(client, (struct sockaddr*)&address, size));

  const struct timeval limit = {0, 10000};
  listen(listener, 0);
  for (int i = 0; i < 3; ++i) {
    const int silent = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(silent, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    say("no answer", connect(silent, (struct sockaddr*)&address, size));
    if (i == 2) say("nor later", connect(silent, (struct sockaddr*)&address, size));
  }

  struct sockaddr_un local = {AF_UNIX, ""};
  const int full = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(full, (struct sockaddr*)&local, sizeof(local.sun_family));
  size = sizeof(local);
  getsockname(full, (struct sockaddr*)&local, &size);
  listen(full, 0);
  connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr*)&local, size);
  const int late = socket(AF_UNIX, SOCK_STREAM, 0);
  setsockopt(late, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  say("a full listener", connect(late, (struct sockaddr*)&local, size));
}

// A socket that is ready only when some bytes have come together.
static void low_water(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof(address);
  char text[10];
  struct timespec before;
  struct timespec behind;
  const int least = 5;
  const struct timeval limit = {0, 10000};
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  bind(listener, (struct sockaddr*)&address, size);
  getsockname(listener, (struct sockaddr*)&address, &size);
  listen(listener, 1);
  connect(client, (struct sockaddr*)&address, size);
  const int server = accept(listener, NULL, NULL);
  setsockopt(server, SOL_SOCKET, SO_RCVLOWAT, &least, sizeof(least));
  setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  send(client, "ab", 2, 0);
  clock_gettime(CLOCK_MONOTONIC, &before);
  say("too few in time", recv(server, text, sizeof(text), 0));
  clock_gettime(CLOCK_MONOTONIC, &behind);
  say("waited", (behind.tv_sec - before.tv_sec) * 1000 + (behind.tv_nsec - before.tv_nsec) / kMilli >= 9);
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  left_of_limits();
  limits_of_sockets(SOCK_STREAM);
  limits_of_sockets(SOCK_DGRAM);
  connections();
  low_water();
  say("handled", handled);
  return 0;
}
