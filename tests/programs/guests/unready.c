// Calls on files that are not ready, which have nothing to wait for all the same: wrong ends, nothing to
// move, arguments that no file takes.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include "check.h"

static char block[4096];

static void fill(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  while (write(fd, block, sizeof(block)) > 0) continue;
  fcntl(fd, F_SETFL, flags);
}

static void pipes(void) {
  int ends[2];
  struct iovec part = {block, 1};
  struct iovec none = {block, 0};
  pipe(ends);
  say("write to the reading end", write(ends[0], "x", 1));
  say("writev to it", writev(ends[0], &part, 1));
  say("read from the writing end", read(ends[1], block, 1));
  say("sendfile to the reading end", sendfile(ends[0], open("/proc/self/exe", O_RDONLY), NULL, 5));
  say("read nothing", read(ends[0], block, 0));
  say("readv nothing", readv(ends[0], NULL, 0));
  say("readv no bytes", readv(ends[0], &none, 1));
  say("recv", recv(ends[0], block, 1, 0));
  say("splice to itself", splice(ends[0], NULL, ends[1], NULL, 5, 0));
  say("tee to itself", tee(ends[0], ends[1], 5, 0));
  say("splice from the writing end", splice(ends[1], NULL, ends[1], NULL, 5, 0));
  say("vmsplice", vmsplice(ends[0], &part, 1, SPLICE_F_NONBLOCK));
  fill(ends[1]);
  say("write nothing", write(ends[1], block, 0));
  say("writev nothing", writev(ends[1], NULL, 0));
  say("send", send(ends[1], block, 1, 0));
  say("vmsplice to a full one", vmsplice(ends[1], &part, 1, SPLICE_F_NONBLOCK));
}

static void sockets(void) {
  int stream[2];
  int datagrams[2];
  struct iovec none = {block, 0};
  struct msghdr message = {.msg_iov = &none, .msg_iovlen = 1};
  socketpair(AF_UNIX, SOCK_STREAM, 0, stream);
  socketpair(AF_UNIX, SOCK_DGRAM, 0, datagrams);
  say("read nothing", read(stream[0], block, 0));
  say("readv nothing", readv(stream[0], &none, 1));
  say("out of band", recv(stream[0], block, 1, MSG_OOB));
  say("out of band from datagrams", recv(datagrams[0], block, 1, MSG_OOB));
  say("send out of band to datagrams", send(datagrams[0], block, 1, MSG_OOB));
  fill(stream[0]);
  say("write nothing", write(stream[0], block, 0));
  say("sendmsg nothing", sendmsg(stream[0], &message, 0));
  say("an empty datagram", write(datagrams[0], block, 0));
  say("is received", recv(datagrams[1], block, sizeof(block), MSG_DONTWAIT));
  say("a vector without bytes", writev(datagrams[0], &none, 1));
  say("is none", recv(datagrams[1], block, sizeof(block), MSG_DONTWAIT));
}

static void counters(void) {
  uint64_t value = UINT64_MAX - 1;
  const int event = eventfd(0, 0);
  say("eventfd", read(event, &value, 4));
  say("nothing of eventfd", read(event, &value, 0));
  say("writes most", write(event, &value, sizeof(value)));
  say("writes 4 bytes", write(event, &value, 4));
  value = UINT64_MAX;
  say("writes too much", write(event, &value, sizeof(value)));
  say("timerfd", read(timerfd_create(CLOCK_MONOTONIC, 0), &value, 4));
  say("epoll", read(epoll_create1(0), &value, 4));
  say("inotify", write(inotify_init1(0), &value, 4));
}

static void* write_later(void* end) {
  usleep(2000);
  write(*(int*)end, "later", 5);
  return NULL;
}

// What has something to wait for does.
static void waits(void) {
  int ends[2];
  int to[2];
  pthread_t thread;
  pipe(ends);
  pipe(to);
  pthread_create(&thread, NULL, write_later, &ends[1]);
  say("spliced", splice(ends[0], NULL, to[1], NULL, 100, 0));
  pthread_join(thread, NULL);
  pthread_create(&thread, NULL, write_later, &ends[1]);
  say("into memory", vmsplice(ends[0], &(struct iovec){block, 3}, 1, 0));
  pthread_join(thread, NULL);
  say("the rest", read(ends[0], block, sizeof(block)));
  static char much[1 << 20];
  say("as much as a pipe holds",
      vmsplice(ends[1], &(struct iovec){much, sizeof(much)}, 1, 0) < (long)sizeof(much));
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  pipes();
  sockets();
  counters();
  waits();
  return 0;
}
