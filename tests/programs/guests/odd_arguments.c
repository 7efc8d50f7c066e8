// What calls say of arguments that few programs give.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/sockios.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static void advice(void) {
  int ends[2];
  pipe(ends);
  const int file = open("advised", O_RDWR | O_CREAT, 0600);
  const int pair = socket(AF_UNIX, SOCK_STREAM, 0);
  printf("a file: %d\n", posix_fadvise(file, 0, 0, POSIX_FADV_WILLNEED));
  printf("a pipe: %s\n", strerrorname_np(posix_fadvise(ends[0], 0, 0, POSIX_FADV_WILLNEED)));
  printf("a pipe, no advice: %s\n", strerrorname_np(posix_fadvise(ends[0], 0, 0, 77)));
  printf("a socket: %d\n", posix_fadvise(pair, 0, 0, POSIX_FADV_WILLNEED));
  printf("less than nothing: %s\n", strerrorname_np(posix_fadvise(file, 0, -1, POSIX_FADV_WILLNEED)));
  printf("no advice: %s\n", strerrorname_np(posix_fadvise(file, 0, 0, 77)));
}

static siginfo_t taken;

static void take(int signal, siginfo_t* info, void* context) {
  (void)signal;
  (void)context;
  taken = *info;
}

static long queue(pid_t to, int code) {
  siginfo_t info = {.si_code = code};
  info.si_value.sival_int = 55;
  return syscall(SYS_rt_sigqueueinfo, to, SIGUSR1, &info);
}

static void* of_another_thread(void* unused) {
  say("by another thread", queue(getpid(), SI_USER));
  return unused;
}

static void made_up_signals(void) {
  const struct sigaction action = {.sa_sigaction = take, .sa_flags = SA_SIGINFO};
  pthread_t thread;
  sigaction(SIGUSR1, &action, NULL);
  const int codes[] = {SI_USER, SI_KERNEL, SI_TKILL, SI_QUEUE, 5};
  for (unsigned i = 0; i < sizeof(codes) / sizeof(codes[0]); ++i) {
    say("to oneself", queue(getpid(), codes[i]));
    printf("%d %d\n", taken.si_code, taken.si_value.sival_int);
  }
  siginfo_t info = {.si_code = SI_USER};
  say("to a thread", syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGUSR1, &info));
  pthread_create(&thread, NULL, of_another_thread, NULL);
  pthread_join(thread, NULL);
  const pid_t child = fork();
  if (child == 0) pause();
  say("to another", queue(child, SI_USER));
  say("as a thread", queue(child, SI_TKILL));
  kill(child, SIGKILL);
  wait(NULL);
}

static long make(uint64_t flags, uint64_t signal) {
  uint64_t arguments[8] = {flags, 0, 0, 0, signal};
  const long made = syscall(SYS_clone3, arguments, sizeof(arguments));
  if (made == 0) _exit(3);
  int status = 0;
  if (made > 0) waitpid((pid_t)made, &status, __WALL);
  return made > 0 ? WEXITSTATUS(status) : made;
}

static void children(void) {
  say("clone3", make(0, SIGCHLD));
  say("a silent child", make(0, 0));
  say("no signal", make(0, 77));
  say("more than a byte", make(0, 0x100 + SIGCHLD));
  say("a sibling's signal", make(CLONE_PARENT, SIGCHLD));
  say("a thread's", make(CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, SIGCHLD));
}

static long make_with(unsigned place, uint64_t value, size_t size) {
  uint64_t arguments[10000] = {0};
  arguments[4] = SIGCHLD;
  arguments[place] = value;
  const long made = syscall(SYS_clone3, arguments, size);
  if (made == 0) _exit(3);
  return made > 0 ? (waitpid((pid_t)made, NULL, 0), 0) : made;
}

static void ignore(int signal) { (void)signal; }

static void later_arguments(void) {
  enum { kWanted = 8, kWantedCount = 9, kCgroup = 10, kBehind = 11 };
  say("zeros behind", make_with(0, 0, 200));
  say("more than is known", make_with(kBehind, 1, 200));
  say("more than a page", make_with(0, 0, 70000));
  say("too little", make_with(0, 0, 56));
  say("a signal in the flags", make(SIGCHLD, 0));
  say("detached", make(CLONE_DETACHED, SIGCHLD));
  say("no such flag", make(1ULL << 40, SIGCHLD));
  say("shared and cleared", make(CLONE_SIGHAND | CLONE_VM | 0x100000000, SIGCHLD));
  say("a number from nowhere", make_with(kWantedCount, 1, 88));
  say("no number", make_with(kWanted, 8, 88));
  say("no cgroup in what is given", make(0x200000000, SIGCHLD));
  uint64_t arguments[11] = {0x200000000, 0, 0, 0, SIGCHLD};
  arguments[kCgroup] = 77;
  say("no descriptor of a cgroup", syscall(SYS_clone3, arguments, sizeof(arguments)));
  pid_t wanted[2] = {0, 0};
  arguments[0] = 0;
  arguments[kWanted] = (uint64_t)(uintptr_t)wanted;
  arguments[kWantedCount] = 1;
  say("process 0", syscall(SYS_clone3, arguments, sizeof(arguments)));
  arguments[kWantedCount] = 33;
  say("so many", syscall(SYS_clone3, arguments, sizeof(arguments)));
  arguments[kWantedCount] = 1;
  wanted[0] = getpid();
  const long own = syscall(SYS_clone3, arguments, sizeof(arguments));
  say("the caller's", own == -1 && (errno == EEXIST || errno == EPERM));

  struct sigaction now;
  signal(SIGUSR1, ignore);
  signal(SIGUSR2, SIG_IGN);
  uint64_t cleared[8] = {0x100000000, 0, 0, 0, SIGCHLD};
  const long made = syscall(SYS_clone3, cleared, sizeof(cleared));
  if (made == 0) {
    sigaction(SIGUSR1, NULL, &now);
    say("the default", now.sa_handler == SIG_DFL);
    sigaction(SIGUSR2, NULL, &now);
    say("still ignored", now.sa_handler == SIG_IGN);
    _exit(0);
  }
  waitpid((pid_t)made, NULL, 0);
  sigaction(SIGUSR1, NULL, &now);
  say("the parent's stays", now.sa_handler == ignore);
}

static void waits(void) {
  siginfo_t info;
  say("the least group", waitpid((pid_t)0x80000000, NULL, 0));
  say("no child", waitpid(-1, NULL, 0));
  say("process 0", waitid(P_PID, 0, &info, WEXITED));
  say("process -1", waitid(P_PID, (id_t)-1, &info, WEXITED));
  say("my group", waitid(P_PGID, 0, &info, WEXITED));
  say("group -1", waitid(P_PGID, (id_t)-1, &info, WEXITED));
  say("descriptor -1", waitid((idtype_t)3 /* P_PIDFD */, (id_t)-1, &info, WEXITED));
  say("all of -1", waitid(P_ALL, (id_t)-1, &info, WEXITED));
  say("no such option", waitid(P_ALL, 0, &info, WEXITED | 0x100));
  say("of all kinds", waitid(P_ALL, 0, &info, WEXITED | (int)(__WALL | __WCLONE | __WNOTHREAD)));
}

static void requests(void) {
  int pair[2];
  int value = -1;
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  const int tcp = socket(AF_INET, SOCK_STREAM, 0);
  say("SIOCATMARK", ioctl(tcp, SIOCATMARK, &value));
  say("value", value);
  say("of a file", ioctl(open("advised", O_RDWR), SIOCATMARK, &value));
  say("FIGETBSZ", ioctl(open("advised", O_RDWR), FIGETBSZ, &value));
  say("a power of two", value > 0 && (value & (value - 1)) == 0);
  say("nowhere", ioctl(tcp, SIOCATMARK, NULL));
}

static void small_ones(void) {
  char name[300];
  struct sched_param parameter = {0};
  say("a barrier with flags", syscall(SYS_membarrier, 8, 1, 0));
  say("what barriers there are, with flags", syscall(SYS_membarrier, 0, 1, 0));
  memset(name, 'n', sizeof(name));
  name[249] = 0;
  say("a long name", memfd_create(name, 0) < 0 ? -1 : 0);
  name[249] = 'n';
  name[250] = 0;
  say("a longer one", memfd_create(name, 0));
  name[250] = 'n';
  name[299] = 0;
  say("a much longer one", memfd_create(name, 0));
  say("policy of -1", sched_getscheduler(-1));
  say("for -1", sched_setscheduler(-1, SCHED_OTHER, &parameter));
  say("parameter of -1", sched_getparam(-1, &parameter));
  say("group of -1", setpgid(-1, 0));
  const int watcher = epoll_create1(0);
  const int file = open("advised", O_RDWR);
  say("a file is not watched", epoll_ctl(watcher, EPOLL_CTL_DEL, file, NULL));
  fd_set set;
  FD_ZERO(&set);
  FD_SET(900, &set);
  say("behind all descriptors", select(1000, &set, NULL, NULL, &(struct timeval){0, 0}));
  FD_ZERO(&set);
  FD_SET(50, &set);
  say("none, but before their end", select(1000, &set, NULL, NULL, &(struct timeval){0, 0}));
  ftruncate(file, 65536);
  say("MAP_SYNC", (long)mmap(NULL, 65536, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, file, 0));
  say("no such flag", (long)mmap(NULL, 65536, PROT_READ, MAP_SHARED_VALIDATE | 0x800000, file, 0));
  say("a known one",
      mmap(NULL, 65536, PROT_READ, MAP_SHARED_VALIDATE | MAP_NORESERVE, file, 0) == MAP_FAILED ? -1 : 0);
  say("not asked", mmap(NULL, 65536, PROT_READ, MAP_SHARED | 0x800000, file, 0) == MAP_FAILED ? -1 : 0);
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  advice();
  made_up_signals();
  children();
  later_arguments();
  waits();
  requests();
  small_ones();
  return 0;
}
