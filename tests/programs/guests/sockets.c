// Sockets: local and internet ones between processes and threads, messages with descriptors, limits.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

// Echoes what one client sends, in upper case, until it hangs up.
static void* serve(void* listener) {
  char text[100];
  const int client = accept4(*(int*)listener, NULL, NULL, SOCK_CLOEXEC);
  for (long got; (got = recv(client, text, sizeof(text), 0)) > 0;) {
    for (long i = 0; i < got; ++i) text[i] = (char)(text[i] & ~0x20);
    send(client, text, (size_t)got, MSG_NOSIGNAL);
  }
  close(client);
  return NULL;
}

static void talk(int family, struct sockaddr* address, socklen_t size) {
  char text[100] = "";
  pthread_t thread;
  const int on = 1;
  int listener = socket(family, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  say("bind", bind(listener, address, size));
  say("listen", listen(listener, 5));
  socklen_t room = size;
  say("getsockname", getsockname(listener, address, &room));
  pthread_create(&thread, NULL, serve, &listener);
  const int client = socket(family, SOCK_STREAM, 0);
  say("connect", connect(client, address, room));
  if (family != AF_UNIX) say("nodelay", setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)));
  for (int i = 0; i < 3; ++i) {
    send(client, "hello", 5, 0);
    say("received", recv(client, text, 5, MSG_WAITALL));
    printf("%.5s\n", text);
  }
  say("shutdown", shutdown(client, SHUT_WR));
  say("end", recv(client, text, sizeof(text), 0));
  pthread_join(thread, NULL);
  int error = 1;
  room = sizeof(error);
  say("getsockopt", getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &room));
  say("error", error);
  close(client);
  close(listener);
}

static void refused(void) {
  struct sockaddr_in nobody = {
      .sin_family = AF_INET, .sin_port = htons(1), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  say("refused", connect(client, (struct sockaddr*)&nobody, sizeof(nobody)));
  close(client);
  struct sockaddr_un missing = {AF_UNIX, "missing"};
  const int local = socket(AF_UNIX, SOCK_STREAM, 0);
  say("missing", connect(local, (struct sockaddr*)&missing, sizeof(missing)));
  say("send unconnected", send(local, "x", 1, MSG_NOSIGNAL));
  say("accept without listen", accept(local, NULL, NULL));
  say("not a socket", send(0, "x", 1, 0));
  close(local);
}

// A name that is short only from where the caller stands.
static void deep(void) {
  enum { kDepth = 6 };
  const char* const folder = "a_folder_with_a_rather_long_name";
  struct sockaddr_un name = {AF_UNIX, "deep"};
  struct sockaddr_un full = {.sun_family = AF_UNIX};
  for (int i = 0; i < kDepth; ++i) {
    mkdir(folder, 0700);
    chdir(folder);
  }
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  say("bind", bind(listener, (struct sockaddr*)&name, sizeof(name)));
  say("listen", listen(listener, 1));
  const int client = socket(AF_UNIX, SOCK_STREAM, 0);
  say("connect", connect(client, (struct sockaddr*)&name, sizeof(name)));
  socklen_t length = sizeof(name);
  getsockname(listener, (struct sockaddr*)&name, &length);
  printf("%s\n", name.sun_path);
  say("again", bind(client, (struct sockaddr*)&name, sizeof(name)));
  // All the room there is, without a zero behind it.
  memset(full.sun_path, 'x', sizeof(full.sun_path));
  memcpy(full.sun_path, "./", 2);
  say("not there", connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr*)&full, sizeof(full)));
  char path[sizeof(full.sun_path) + 1] = "";
  memcpy(path, full.sun_path, sizeof(full.sun_path));
  rename("deep", path);
  say("full", connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr*)&full, sizeof(full)));
  unlink(path);
  for (int i = 0; i < kDepth; ++i) {
    chdir("..");
    rmdir(folder);
  }
  close(client);
  close(listener);
}

static long send_descriptor(int socket, int fd, const char* text) {
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr header;
  } control = {{0}};
  struct iovec part = {(void*)text, strlen(text)};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
  control.header =
      (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
  return sendmsg(socket, &message, 0);
}

static int receive_descriptor(int socket) {
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr header;
  } control;
  char text[20] = "";
  int fd = -1;
  struct iovec parts[2] = {{text, 2}, {text + 2, sizeof(text) - 3}};
  struct msghdr message = {
      .msg_iov = parts, .msg_iovlen = 2, .msg_control = &control, .msg_controllen = sizeof(control)};
  say("recvmsg", recvmsg(socket, &message, MSG_CMSG_CLOEXEC));
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header != NULL && header->cmsg_type == SCM_RIGHTS) memcpy(&fd, CMSG_DATA(header), sizeof(fd));
  printf("%s, close on exec %d, flags %x\n", text, fcntl(fd, F_GETFD),
         (unsigned)message.msg_flags & ~0x40000000u);
  return fd;
}

static void descriptors(void) {
  int pair[2];
  int ends[2];
  char text[20] = "";
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  if (fork() == 0) {
    pipe(ends);
    send_descriptor(pair[1], ends[0], "reader");
    close(ends[0]);
    read(pair[1], text, 1);  // until the other side has it
    write(ends[1], "through a pipe", 14);
    _exit(0);
  }
  const int reader = receive_descriptor(pair[0]);
  write(pair[0], "!", 1);
  say("read", read(reader, text, sizeof(text)));
  printf("%s\n", text);
  wait(NULL);
  say("end", read(reader, text, sizeof(text)));
  say("closed one", send_descriptor(pair[0], 99, "x"));
  close(reader);
  close(pair[0]);
  close(pair[1]);
}

static void datagrams(void) {
  int pair[2];
  char text[3][20] = {"one", "two", "three"};
  struct mmsghdr messages[3] = {0};
  struct iovec parts[3];
  socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
  for (int i = 0; i < 3; ++i) {
    parts[i] = (struct iovec){text[i], strlen(text[i])};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  say("sendmmsg", sendmmsg(pair[0], messages, 3, 0));
  for (int i = 0; i < 3; ++i) parts[i].iov_len = 4;
  say("recvmmsg", recvmmsg(pair[1], messages, 3, MSG_WAITFORONE, NULL));
  for (int i = 0; i < 3; ++i)
    printf("%u %x %.4s\n", messages[i].msg_len, (unsigned)messages[i].msg_hdr.msg_flags, text[i]);
  const struct timeval limit = {0, 20000};
  setsockopt(pair[1], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  say("limit", recv(pair[1], text[0], 20, 0));
  say("at once", recv(pair[1], text[0], 20, MSG_DONTWAIT));
  struct ucred credentials;
  socklen_t size = sizeof(credentials);
  getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &credentials, &size);
  say("own peer", credentials.pid == getpid());
  close(pair[1]);
  say("nobody", send(pair[0], "x", 1, MSG_NOSIGNAL));
  close(pair[0]);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct sockaddr_in from;
  size = sizeof(address);
  const int receiver = socket(AF_INET, SOCK_DGRAM, 0);
  const int sender = socket(AF_INET, SOCK_DGRAM, 0);
  bind(receiver, (struct sockaddr*)&address, sizeof(address));
  getsockname(receiver, (struct sockaddr*)&address, &size);
  say("sendto", sendto(sender, "datagram", 8, 0, (struct sockaddr*)&address, size));
  size = sizeof(from);
  say("recvfrom", recvfrom(receiver, text[0], 20, 0, (struct sockaddr*)&from, &size));
  say("from loopback", from.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
}

static void much(void) {
  enum { kBytes = 1 << 20 };
  static char block[kBytes];
  int pair[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  if (fork() == 0) {
    close(pair[0]);
    _exit(send(pair[1], block, kBytes, 0) == kBytes ? 0 : 1);
  }
  close(pair[1]);
  say("all", recv(pair[0], block, kBytes, MSG_WAITALL));
  int status;
  wait(&status);
  say("sender", status);
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  struct sockaddr_in internet = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct sockaddr_un local = {AF_UNIX, "folder/../name"};
  struct sockaddr_un abstract = {AF_UNIX, ""};
  talk(AF_INET, (struct sockaddr*)&internet, sizeof(internet));
  mkdir("folder", 0700);
  talk(AF_UNIX, (struct sockaddr*)&local, sizeof(local));
  printf("%s\n", local.sun_path);
  unlink("name");
  chdir("folder");
  strcpy(local.sun_path, "moved");
  talk(AF_UNIX, (struct sockaddr*)&local, sizeof(local));
  printf("%s %d\n", local.sun_path, access("moved", F_OK));
  unlink("moved");
  chdir("..");
  snprintf(abstract.sun_path + 1, 50, "m2sim-test-%d", getpid());
  talk(AF_UNIX, (struct sockaddr*)&abstract, sizeof(abstract));
  refused();
  deep();
  descriptors();
  datagrams();
  much();
  return 0;
}
