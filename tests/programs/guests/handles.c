// Descriptors for processes, filters of system calls, signals for files that become ready, mutexes whose word
// names the owner, and calls that refuse what makes no sense.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/kcmp.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static void pidfds(void) {
  siginfo_t info = {0};
  int ends[2];
  pipe(ends);
  const pid_t child = fork();
  if (child == 0) {
    char byte;
    dup2(ends[0], 77);
    read(ends[0], &byte, 1);
    _exit(5);
  }
  const int fd = (int)syscall(SYS_pidfd_open, child, 0);
  say("open", fd < 0 ? -1 : 0);
  say("close on exec", fcntl(fd, F_GETFD));
  say("bad flags", syscall(SYS_pidfd_open, child, 1));
  say("no such process", syscall(SYS_pidfd_open, 999999, 0));
  struct pollfd polled = {fd, POLLIN, 0};
  say("not ended", poll(&polled, 1, 0));
  say("exists", syscall(SYS_pidfd_send_signal, fd, 0, 0, 0));
  say("not a pidfd", syscall(SYS_pidfd_send_signal, ends[0], 0, 0, 0));
  write(ends[1], "x", 1);
  say("ended", poll(&polled, 1, -1));
  say("waitid", waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
  say("status", info.si_status);
  say("gone", syscall(SYS_pidfd_send_signal, fd, SIGTERM, 0, 0));
  say("no child", waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
  char byte;
  say("read", read(fd, &byte, 1));
}

static void comparing(void) {
  const int a = open("/dev/null", O_RDONLY);
  const int b = dup(a);
  const int c = open("/dev/null", O_RDONLY);
  const pid_t self = getpid();
  say("dup", syscall(SYS_kcmp, self, self, KCMP_FILE, a, b));
  say("other", syscall(SYS_kcmp, self, self, KCMP_FILE, a, c) > 0);
  say("closed", syscall(SYS_kcmp, self, self, KCMP_FILE, a, 99));
  say("memory", syscall(SYS_kcmp, self, self, KCMP_VM, 0, 0));
  say("no such type", syscall(SYS_kcmp, self, self, 77, 0, 0));
  say("no such process", syscall(SYS_kcmp, self, 999999, KCMP_VM, 0, 0));
}

static volatile sig_atomic_t got;
static volatile sig_atomic_t got_code;
static void on_signal(int signal, siginfo_t* info, void* context) {
  (void)context;
  got = signal;
  got_code = info->si_code;
}

static void ready_files(void) {
  int pair[2];
  int on = 1;
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
  sigaction(SIGIO, &action, 0);
  sigaction(SIGUSR2, &action, 0);
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  say("nobody owns it", fcntl(pair[0], F_GETOWN));
  fcntl(pair[0], F_SETOWN, getpid());
  say("owner", fcntl(pair[0], F_GETOWN) == getpid());
  say("no such owner", fcntl(pair[0], F_SETOWN, 999999));
  say("FIOASYNC", ioctl(pair[0], FIOASYNC, &on));
  say("O_ASYNC", (fcntl(pair[0], F_GETFL) & O_ASYNC) != 0);
  write(pair[1], "x", 1);
  say("SIGIO", got == SIGIO);
  say("F_SETSIG", fcntl(pair[0], F_SETSIG, SIGUSR2));
  say("F_GETSIG", fcntl(pair[0], F_GETSIG) == SIGUSR2);
  char byte;
  read(pair[0], &byte, 1);
  if (fork() == 0) _exit(write(pair[1], "y", 1) == 1 ? 0 : 1);
  wait(0);
  say("SIGUSR2", got == SIGUSR2);
  say("to read", got_code == POLL_IN);
  on = 0;
  ioctl(pair[0], FIOASYNC, &on);
  got = 0;
  read(pair[0], &byte, 1);
  write(pair[1], "z", 1);
  say("no more", got);
}

static void on_trap(int signal, siginfo_t* info, void* context) {
  (void)context;
  printf("signal %d, call %d, data %d\n", signal, info->si_syscall == SYS_getpriority, info->si_errno);
}

static void filters(void) {
  const uint32_t allow = SECCOMP_RET_ALLOW;
  say("available", syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &allow));
  const uint32_t unknown = 0x12340000;
  say("unknown", syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &unknown));
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EDOM),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP | 7),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setpriority, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 10, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
  struct sock_fprog bad = {1, code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  say("without a return", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &bad));
  bad.len = 0;
  say("empty", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &bad));
  say("bad flags", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0x1000, &program));
  say("set", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
  say("mode", prctl(PR_GET_SECCOMP));
  say("an error", syscall(SYS_getppid));
  struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
  sigaction(SIGSYS, &action, 0);
  syscall(SYS_getpriority, 0, 0);
  say("allowed", syscall(SYS_setpriority, 0, 0, 1));
  fflush(stdout);
  int status = 0;
  if (fork() == 0) {
    syscall(SYS_setpriority, 0, 0, 10);
    _exit(0);
  }
  wait(&status);
  say("killed by", WIFSIGNALED(status) ? WTERMSIG(status) : -2);
}

static void strict(void) {
  int status = 0;
  if (fork() == 0) {
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
    write(1, "writes\n", 7);
    syscall(SYS_getpid);
    write(1, "not reached\n", 12);
  }
  wait(&status);
  say("killed by", WIFSIGNALED(status) ? WTERMSIG(status) : -2);
}

static pthread_mutex_t mutex;
static int counted;
static void* count(void* unused) {
  for (int i = 0; i < 300; ++i) {
    pthread_mutex_lock(&mutex);
    const int before = counted;
    sched_yield();
    counted = before + 1;
    pthread_mutex_unlock(&mutex);
  }
  return unused;
}
static void* dies_with_it(void* unused) {
  pthread_mutex_lock(&mutex);
  return unused;
}

static void inheriting_mutexes(void) {
  pthread_mutexattr_t attributes;
  pthread_t threads[3];
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
  say("init", pthread_mutex_init(&mutex, &attributes));
  for (int i = 0; i < 3; ++i) pthread_create(&threads[i], 0, count, 0);
  for (int i = 0; i < 3; ++i) pthread_join(threads[i], 0);
  say("counted", counted);
  pthread_mutex_lock(&mutex);
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  now.tv_nsec += 1000000;
  if (now.tv_nsec >= 1000000000) now.tv_sec += 1, now.tv_nsec -= 1000000000;
  say("try", pthread_mutex_trylock(&mutex) == EBUSY);
  pthread_mutex_unlock(&mutex);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&mutex, &attributes);
  pthread_create(&threads[0], 0, dies_with_it, 0);
  pthread_join(threads[0], 0);
  say("its owner died", pthread_mutex_lock(&mutex) == EOWNERDEAD);
  say("consistent", pthread_mutex_consistent(&mutex));
  say("unlock", pthread_mutex_unlock(&mutex));
  uint32_t word = 12345;
  say("not the owner", syscall(SYS_futex, &word, 7, 0, 0, 0, 0));
  word = (uint32_t)gettid();
  say("deadlock", syscall(SYS_futex, &word, 6, 0, 0, 0, 0));
  word = 999999;
  say("no such owner", syscall(SYS_futex, &word, 6, 0, 0, 0, 0));
}

static void fifos(void) {
  char name[] = "m2sim_XXXXXX";
  char byte;
  mkdtemp(name);
  char fifo[64];
  snprintf(fifo, sizeof(fifo), "%s/fifo", name);
  mkfifo(fifo, 0600);
  const int reader = open(fifo, O_RDONLY | O_NONBLOCK);
  say("no writer yet", read(reader, &byte, 1));
  fcntl(reader, F_SETFL, 0);
  say("nor for who may wait", read(reader, &byte, 1));
  fcntl(reader, F_SETFL, O_NONBLOCK);
  const int writer = open(fifo, O_WRONLY);
  say("a writer", read(reader, &byte, 1));
  write(writer, "x", 1);
  say("data", read(reader, &byte, 1));
  close(writer);
  say("no writer any more", read(reader, &byte, 1));
  unlink(fifo);
  rmdir(name);
}

static void refusals(void) {
  char bytes[64];
  volatile size_t endless = (size_t)-1;
  struct {
    uint64_t flags, mode, resolve, more;
  } how = {O_RDONLY, 7, 0, 0};
  const int null = open("/dev/null", O_RDWR);
  say("write without end", write(null, bytes, endless));
  say("read without end", read(null, bytes, endless));
  struct iovec parts[2] = {{bytes, 8}, {bytes, endless}};
  say("vector without end", writev(null, parts, 2));
  say("openat2: a mode for nothing", syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, 24));
  how.mode = 0;
  say("openat2", syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, 24) < 0 ? -1 : 0);
  say("openat2: small", syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, 8));
  say("openat2: later, empty", syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, 32) < 0 ? -1 : 0);
  how.more = 1;
  say("openat2: later", syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, 32));
  how.flags = UINT64_C(1) << 40;
  say("openat2: unknown flag", syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, 24));
  how.flags = 0;
  how.resolve = 0x1000;
  say("openat2: unknown resolve", syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, 24));
  say("getrandom: unknown flag", getrandom(bytes, 8, 0x40));
  say("getrandom: both kinds", getrandom(bytes, 8, 6));
  say("getrandom", getrandom(bytes, 8, GRND_NONBLOCK));
  unsigned long nodes[16];
  int mode = 9;
  say("policy", syscall(SYS_get_mempolicy, &mode, nodes, 1024, 0, 0));
  say("mode", mode);
  say("unknown flag", syscall(SYS_get_mempolicy, &mode, 0, 0, 0, 0x100));
}

int main(void) {
  pidfds();
  comparing();
  ready_files();
  strict();
  inheriting_mutexes();
  fifos();
  refusals();
  filters();
  return 0;
}
