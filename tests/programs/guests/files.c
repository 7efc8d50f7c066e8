// Files: locks between processes, named pipes, attributes, splicing, positions, watching.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static long lock(int file, int command, int type, long begin, long length) {
  struct flock range = {.l_type = (short)type, .l_whence = SEEK_SET, .l_start = begin, .l_len = length};
  const long result = fcntl(file, command, &range);
  if (result == 0 && command == F_GETLK) {
    printf("type %d begin %ld length %ld by another %d\n", range.l_type, (long)range.l_start,
           (long)range.l_len, range.l_type != F_UNLCK && range.l_pid != getpid());
  }
  return result;
}

static void record_locks(void) {
  int ready[2];
  int go_on[2];
  char byte;
  pipe(ready);
  pipe(go_on);
  const int file = open("locked", O_RDWR | O_CREAT, 0600);
  say("own", lock(file, F_SETLK, F_WRLCK, 0, 100));
  say("own again", lock(file, F_SETLK, F_RDLCK, 50, 100));
  if (fork() == 0) {
    say("child", lock(file, F_SETLK, F_WRLCK, 10, 5));
    say("child reads along", lock(file, F_SETLK, F_RDLCK, 60, 5));
    lock(file, F_GETLK, F_WRLCK, 0, 0);
    lock(file, F_GETLK, F_WRLCK, 149, 0);
    lock(file, F_GETLK, F_WRLCK, 150, 0);
    write(ready[1], "r", 1);
    say("child has waited", lock(file, F_SETLKW, F_WRLCK, 0, 10));
    write(ready[1], "r", 1);
    read(go_on[0], &byte, 1);
    _exit(0);
  }
  read(ready[0], &byte, 1);
  usleep(2000);
  const long unlocked = lock(file, F_SETLK, F_UNLCK, 0, 10);
  read(ready[0], &byte, 1);
  say("unlock", unlocked);
  say("deadlock, or not", lock(file, F_SETLK, F_WRLCK, 0, 1));
  write(go_on[1], "g", 1);
  wait(NULL);
  say("free again", lock(file, F_SETLK, F_WRLCK, 0, 1));
  close(dup(file));
  if (fork() == 0) _exit(lock(file, F_SETLK, F_WRLCK, 0, 0) == 0);
  int status;
  wait(&status);
  say("closing a copy unlocks", WEXITSTATUS(status));
  const int other = open("locked", O_RDWR);
  say("ofd", lock(file, F_OFD_SETLK, F_WRLCK, 0, 0));
  say("other ofd", lock(other, F_OFD_SETLK, F_RDLCK, 0, 0));
  say("flock", flock(file, LOCK_EX));
  say("other flock", flock(other, LOCK_EX | LOCK_NB));
  if (fork() == 0) {
    close(file);
    say("child waits", flock(other, LOCK_SH));
    _exit(0);
  }
  usleep(2000);
  close(file);
  wait(NULL);
  close(other);
}

static void named_pipes(void) {
  char text[20] = "";
  say("mkfifo", mkfifo("fifo", 0600));
  say("nobody reads", open("fifo", O_WRONLY | O_NONBLOCK));
  if (fork() == 0) {
    const int writer = open("fifo", O_WRONLY);
    usleep(2000);
    write(writer, "by name", 7);
    _exit(0);
  }
  const int reader = open("fifo", O_RDONLY);
  say("read", read(reader, text, sizeof(text)));
  printf("%s\n", text);
  say("end", read(reader, text, sizeof(text)));
  wait(NULL);
  close(reader);
  if (fork() == 0) {
    const int late = open("fifo", O_RDONLY);
    _exit((int)read(late, text, sizeof(text)));
  }
  usleep(2000);
  const int writer = open("fifo", O_WRONLY);
  write(writer, "abc", 3);
  int status;
  wait(&status);
  say("reader got", WEXITSTATUS(status));
  close(writer);
}

static void attributes(void) {
  char value[20] = "";
  const int file = open("attributes", O_RDWR | O_CREAT, 0600);
  // File systems without attributes exist; then all say so.
  const long set = syscall(7, file, "user.name", "value", 5, 0);
  if (set < 0 && errno == ENOTSUP) {
    printf("none\n");
  } else {
    say("get", syscall(10, file, "user.name", value, sizeof(value)));
    say("remove", syscall(16, file, "user.name"));
    say("get removed", syscall(10, file, "user.name", value, sizeof(value)));
  }
  close(file);
}

static void splices(void) {
  int ends[2];
  int more[2];
  char text[40] = "";
  pipe(ends);
  pipe(more);
  const int file = open("spliced", O_RDWR | O_CREAT, 0600);
  write(file, "0123456789", 10);
  loff_t at = 2;
  say("into a pipe", splice(file, &at, ends[1], NULL, 5, 0));
  say("offset", at);
  say("tee", tee(ends[0], more[1], 100, 0));
  say("read", read(more[0], text, sizeof(text)));
  printf("%s\n", text);
  lseek(file, 0, SEEK_END);
  say("into the file", splice(ends[0], NULL, file, NULL, 100, 0));
  say("empty", splice(ends[0], NULL, file, NULL, 100, SPLICE_F_NONBLOCK));
  struct iovec part = {text, 3};
  say("vmsplice", vmsplice(ends[1], &part, 1, 0));
  read(ends[0], text, 10);
  off_t from = 1;
  say("sendfile", sendfile(ends[1], file, &from, 4));
  say("from", from);
  read(ends[0], text, 10);
  ftruncate(file, 200000);
  if (fork() == 0) {
    from = 0;
    _exit(sendfile(ends[1], file, &from, 200000) == 200000 ? 0 : 1);
  }
  close(ends[1]);
  long total = 0;
  for (long got; (got = read(ends[0], text, sizeof(text))) > 0;) total += got;
  say("much", total);
  int status;
  wait(&status);
  say("sender", status);
  const int copy = open("copy", O_RDWR | O_CREAT, 0600);
  at = 0;
  say("copy", copy_file_range(file, &at, copy, NULL, 15, 0));
  say("preadv2", preadv2(copy, &part, 1, 4, 0));
  printf("%.3s\n", text);
  say("pwritev2 here", pwritev2(copy, &part, 1, -1, 0));
  say("size", lseek(copy, 0, SEEK_END));
  say("fallocate", fallocate(copy, 0, 0, 100));
  say("size", lseek(copy, 0, SEEK_END));
  say("sync", sync_file_range(copy, 0, 10, SYNC_FILE_RANGE_WRITE));
}

static void watching(void) {
  char events[512];
  const int watch = inotify_init1(IN_NONBLOCK);
  say("watch", inotify_add_watch(watch, ".", IN_CREATE | IN_DELETE) > 0);
  say("nothing", read(watch, events, sizeof(events)));
  close(open("new", O_RDWR | O_CREAT, 0600));
  unlink("new");
  const long got = read(watch, events, sizeof(events));
  for (long at = 0; at < got;) {
    const struct inotify_event* event = (const struct inotify_event*)(events + at);
    printf("%x %s\n", event->mask, event->name);
    at += (long)(sizeof(*event) + event->len);
  }
  close(watch);
}

static void sealed(void) {
  const int file = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  write(file, "text", 4);
  say("seal", fcntl(file, F_ADD_SEALS, F_SEAL_WRITE));
  say("seals", fcntl(file, F_GET_SEALS));
  say("write", write(file, "x", 1));
  say("setuid to itself", setuid(getuid()));
  say("close_range", close_range(3, 900, 0));
  say("closed", fcntl(file, F_GETFD));
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  record_locks();
  named_pipes();
  attributes();
  splices();
  watching();
  sealed();
  return 0;
}
