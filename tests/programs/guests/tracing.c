// ptrace: what a tracer learns of a child, a thread and a process that it attaches to, and what it can change.
// Registers alone differ between architectures; the small part of them that is needed is in regs_of.
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { kSysGood = SIGTRAP | 0x80 };

static volatile long shared_word = 41;

// What a wait says, without the id.
static void stop(const char* name, int status) {
  if (WIFEXITED(status)) {
    printf("%s: exited %d\n", name, WEXITSTATUS(status));
  } else if (WIFSIGNALED(status)) {
    printf("%s: killed by %d\n", name, WTERMSIG(status));
  } else if (WIFSTOPPED(status)) {
    printf("%s: stopped by %d, event %d\n", name, WSTOPSIG(status), status >> 16);
  } else {
    printf("%s: %#x\n", name, status);
  }
  fflush(stdout);
}

static int next_stop(const char* name, pid_t child) {
  int status = 0;
  const pid_t got = waitpid(child, &status, __WALL);
  if (got != child && child > 0) printf("%s: waitpid %s\n", name, got < 0 ? strerrorname_np(errno) : "another");
  stop(name, status);
  return status;
}

static struct user_regs_struct regs_of(pid_t child) {
  struct user_regs_struct regs;
  struct iovec vector = {&regs, sizeof(regs)};
  memset(&regs, 0, sizeof(regs));
  if (ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &vector) != 0) say("getregset", -1);
  return regs;
}

#if defined(__aarch64__)
enum { kBreakpointSize = 4, kBehindBreakpoint = 0 };
static const unsigned char kBreakpoint[] = {0x00, 0x00, 0x20, 0xd4};  // brk #0
#define PC(regs) ((regs).pc)
#define RESULT(regs) ((regs).regs[0])
static void set_call(pid_t child, int number) {
  struct iovec vector = {&number, sizeof(number)};
  say("set call", ptrace(PTRACE_SETREGSET, child, NT_ARM_SYSTEM_CALL, &vector));
}
#else
enum { kBreakpointSize = 1, kBehindBreakpoint = 1 };
static const unsigned char kBreakpoint[] = {0xcc};  // int3
#define PC(regs) ((regs).rip)
#define RESULT(regs) ((regs).rax)
static void set_call(pid_t child, int number) {
  struct user_regs_struct regs = regs_of(child);
  regs.orig_rax = (unsigned)number;
  struct iovec vector = {&regs, sizeof(regs)};
  say("set call", ptrace(PTRACE_SETREGSET, child, NT_PRSTATUS, &vector));
}
#endif

// A child that is traced and has stopped itself.
static pid_t traced(void (*body)(void)) {
  const pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    body();
    _exit(0);
  }
  next_stop("begin", child);
  return child;
}

static void add_one(void) {
  shared_word++;
  _exit((int)shared_word);
}

static void refusals(void) {
  say("no such process", ptrace(PTRACE_ATTACH, 999999, 0, 0));
  say("not traced", ptrace(PTRACE_CONT, getppid(), 0, 0));
  say("itself", ptrace(PTRACE_ATTACH, getpid(), 0, 0));
  say("seize with an address", ptrace(PTRACE_SEIZE, 999999, 1, 0));
}

static void memory(void) {
  const pid_t child = traced(add_one);
  errno = 0;
  say("peek", ptrace(PTRACE_PEEKDATA, child, &shared_word, 0));
  say("poke", ptrace(PTRACE_POKEDATA, child, &shared_word, 70));
  say("peek again", ptrace(PTRACE_PEEKTEXT, child, &shared_word, 0));
  say("own is untouched", shared_word);
  say("peek nothing", ptrace(PTRACE_PEEKDATA, child, 8, 0));
  say("poke nothing", ptrace(PTRACE_POKEDATA, child, 8, 1));
  char name[64];
  snprintf(name, sizeof(name), "/proc/%d/mem", child);
  const int file = open(name, O_RDWR);
  long value = 0;
  say("pread", pread(file, &value, sizeof(value), (off_t)&shared_word));
  say("value", value);
  value = 80;
  say("pwrite", pwrite(file, &value, sizeof(value), (off_t)&shared_word));
  close(file);
  struct iovec here = {&value, sizeof(value)};
  struct iovec there = {(void*)&shared_word, sizeof(value)};
  say("process_vm_readv", process_vm_readv(child, &here, 1, &there, 1, 0));
  say("value", value);
  say("again", ptrace(PTRACE_ATTACH, child, 0, 0));
  say("unknown request", ptrace(0x7777, child, 0, 0));
  say("bad options", ptrace(PTRACE_SETOPTIONS, child, 0, 0x10000000));
  say("bad set", ptrace(PTRACE_GETREGSET, child, 0x7777, &here));
  say("bad signal", ptrace(PTRACE_CONT, child, 0, 1000));
  say("cont", ptrace(PTRACE_CONT, child, 0, 0));
  next_stop("end", child);
}

__attribute__((noinline)) static int answer(int n) { return n + 1; }

static void call_answer(void) {
  int (*volatile function)(int) = answer;
  _exit(function(function(20)));
}

static void breakpoints(void) {
  const pid_t child = traced(call_answer);
  long old = ptrace(PTRACE_PEEKTEXT, child, answer, 0);
  long changed = old;
  memcpy(&changed, kBreakpoint, kBreakpointSize);
  for (int round = 0; round < 2; round++) {
    say("insert", ptrace(PTRACE_POKETEXT, child, answer, changed));
    say("cont", ptrace(PTRACE_CONT, child, 0, 0));
    next_stop("at the breakpoint", child);
    siginfo_t info;
    say("siginfo", ptrace(PTRACE_GETSIGINFO, child, 0, &info));
    say("signal", info.si_signo);
    struct user_regs_struct regs = regs_of(child);
    say("there", (long)PC(regs) - (long)answer - kBehindBreakpoint);
    say("remove", ptrace(PTRACE_POKETEXT, child, answer, old));
    if (kBehindBreakpoint != 0) {
      PC(regs) = (unsigned long)answer;
      struct iovec vector = {&regs, sizeof(regs)};
      ptrace(PTRACE_SETREGSET, child, NT_PRSTATUS, &vector);
    }
    say("step", ptrace(PTRACE_SINGLESTEP, child, 0, 0));
    next_stop("stepped", child);
    regs = regs_of(child);
    say("moved", PC(regs) != (unsigned long)answer);
  }
  say("own code", answer(1));
  int steps = 0;
  int status = 0;
  // Through code that has run before, into a system call and the end.
  while (ptrace(PTRACE_SINGLESTEP, child, 0, 0) == 0 && waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
    if (WSTOPSIG(status) != SIGTRAP) stop("odd", status);
    steps++;
  }
  say("some steps", steps > 3 && steps < 100);
  stop("end", status);
}

static int pipe_ends[2];

static void make_calls(void) {
  syscall(SYS_getppid);
  const long first = syscall(SYS_getpgid, 0x7000000);
  const int reason = errno;
  const long skipped = syscall(SYS_kill, 0, SIGKILL);
  _exit(first == -1 && reason == EBADFD ? (int)skipped : 99);
}

static const char* name_of(long number) {
  switch (number) {
    case SYS_getppid:
      return "getppid";
    case SYS_getpgid:
      return "getpgid";
    case SYS_kill:
      return "kill";
    case SYS_exit_group:
      return "exit_group";
    default:
      return "other";
  }
}

static void set_result(pid_t child, long result) {
  struct user_regs_struct regs = regs_of(child);
  struct iovec vector = {&regs, sizeof(regs)};
  RESULT(regs) = (unsigned long)result;
  say("set result", ptrace(PTRACE_SETREGSET, child, NT_PRSTATUS, &vector));
}

// At the stops around a call; `number` is that of the last one that was entered.
static void at_call(pid_t child, long* number) {
  struct __ptrace_syscall_info info;
  unsigned long message = 0;
  memset(&info, 0, sizeof(info));
  const long size = ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info);
  ptrace(PTRACE_GETEVENTMSG, child, 0, &message);
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
    *number = (long)info.entry.nr;
    printf("entry %s, size %ld, message %lu\n", name_of(*number), size, message);
    if (*number == SYS_getpgid) printf("argument %#llx\n", (unsigned long long)info.entry.args[0]);
    if (*number == SYS_kill) set_call(child, -1);
  } else {
    printf("exit, kind %d, size %ld, message %lu\n", info.op, size, message);
    if (*number == SYS_getpgid) say("error", info.exit.is_error ? -(long)info.exit.rval : 0);
    if (*number == SYS_getpgid) set_result(child, -EBADFD);
    // What a call gives that is skipped differs between architectures.
    if (*number == SYS_kill) set_result(child, 33);
  }
  fflush(stdout);
}

// strace in small.
static void calls(void) {
  const pid_t child = traced(make_calls);
  say("options", ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
  long number = -1;
  int status = 0;
  while (ptrace(PTRACE_SYSCALL, child, 0, 0) == 0 && waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
    if (WSTOPSIG(status) == kSysGood) {
      at_call(child, &number);
    } else {
      stop("odd", status);
    }
  }
  stop("end", status);
}

static volatile int handled;
static void handler(int signal) { handled = signal; }

static void signal_myself(void) {
  signal(SIGUSR1, handler);
  signal(SIGUSR2, handler);
  raise(SIGUSR1);
  const int first = handled;
  raise(SIGUSR1);
  raise(SIGUSR2);
  _exit(first * 10 + (handled == SIGUSR2));
}

static void signals(void) {
  const pid_t child = traced(signal_myself);
  say("cont", ptrace(PTRACE_CONT, child, 0, 0));
  next_stop("first", child);
  siginfo_t info;
  say("siginfo", ptrace(PTRACE_GETSIGINFO, child, 0, &info));
  say("code", info.si_code);
  say("sender", info.si_pid == child);
  unsigned long mask = 0;
  say("mask", ptrace(PTRACE_GETSIGMASK, child, 8, &mask));
  printf("mask %#lx\n", mask);
  say("suppress", ptrace(PTRACE_CONT, child, 0, 0));
  next_stop("second", child);
  say("as another", ptrace(PTRACE_CONT, child, 0, SIGUSR2));
  next_stop("third", child);
  say("give", ptrace(PTRACE_CONT, child, 0, SIGUSR2));
  next_stop("end", child);
  const pid_t killed = traced(add_one);
  say("deadly", ptrace(PTRACE_CONT, killed, 0, SIGTERM));
  next_stop("end", killed);
  const pid_t ended = traced(add_one);
  say("kill", kill(ended, SIGKILL));
  next_stop("end", ended);
  const pid_t free = traced(add_one);
  say("detach", ptrace(PTRACE_DETACH, free, 0, 0));
  next_stop("end", free);
}

static void make_children(void) {
  const pid_t child = fork();
  if (child == 0) _exit(3);
  int status = 0;
  waitpid(child, &status, 0);
  const pid_t other = vfork();
  if (other == 0) _exit(4);
  int second = 0;
  waitpid(other, &second, 0);
  _exit(WEXITSTATUS(status) * 10 + WEXITSTATUS(second));
}

// Stops of a thread and of what it makes come in any order.
static void follow(pid_t child) {
  int ends = 0;
  int events[16] = {0};
  int status = 0;
  for (pid_t who; (who = waitpid(-1, &status, __WALL)) > 0;) {
    if (!WIFSTOPPED(status)) {
      ends++;
      if (who == child) stop("end", status);
      continue;
    }
    const int event = status >> 16;
    if (event > 0 && event < 16) {
      unsigned long message = 0;
      ptrace(PTRACE_GETEVENTMSG, who, 0, &message);
      if (who == child) printf("event %d, message %s\n", event, event == PTRACE_EVENT_EXIT ? "status" : message > 1 ? "id" : "none");
      if (who == child && event == PTRACE_EVENT_EXIT) printf("status %#lx\n", message);
      events[event]++;
    }
    const int signal = event != 0 || WSTOPSIG(status) == SIGSTOP || WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
    ptrace(PTRACE_CONT, who, 0, signal);
  }
  say("ends", ends);
  for (int event = 1; event < 16; event++) {
    if (events[event] != 0) printf("event %d: %d\n", event, events[event]);
  }
  fflush(stdout);
}

static void children(void) {
  const pid_t child = traced(make_children);
  const long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEVFORKDONE | PTRACE_O_TRACEEXIT;
  say("options", ptrace(PTRACE_SETOPTIONS, child, 0, options));
  say("cont", ptrace(PTRACE_CONT, child, 0, 0));
  follow(child);
}

static void* in_thread(void* with) { return with; }

static void make_thread(void) {
  pthread_t thread;
  void* result = 0;
  pthread_create(&thread, 0, in_thread, (void*)5);
  pthread_join(thread, &result);
  _exit((int)(long)result);
}

static void threads(void) {
  const pid_t child = traced(make_thread);
  say("options", ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACECLONE));
  say("cont", ptrace(PTRACE_CONT, child, 0, 0));
  follow(child);
}

static void become_another(void) {
  char* const argv[] = {"/proc/self/exe", "execed", 0};
  execv(argv[0], argv);
}

static void programs(void) {
  const pid_t child = traced(become_another);
  say("cont", ptrace(PTRACE_CONT, child, 0, 0));
  next_stop("exec", child);
  say("cont", ptrace(PTRACE_CONT, child, 0, 0));
  next_stop("end", child);
  const pid_t told = traced(become_another);
  say("options", ptrace(PTRACE_SETOPTIONS, told, 0, PTRACE_O_TRACEEXEC));
  say("cont", ptrace(PTRACE_CONT, told, 0, 0));
  next_stop("exec", told);
  unsigned long message = 0;
  say("message", ptrace(PTRACE_GETEVENTMSG, told, 0, &message));
  say("its id", message == (unsigned long)told);
  say("detach", ptrace(PTRACE_DETACH, told, 0, 0));
  next_stop("end", told);
}

// The letter of its state and who traces it, as /proc says.
static void shown(pid_t child) {
  char name[64];
  char line[256];
  snprintf(name, sizeof(name), "/proc/%d/status", child);
  FILE* file = fopen(name, "r");
  while (fgets(line, sizeof(line), file)) {
    if (strncmp(line, "State:", 6) == 0) printf("%s", line);
    if (strncmp(line, "TracerPid:", 10) == 0) say("traced by me", atoi(line + 10) == getpid());
  }
  fclose(file);
}

static void wait_for_end(void) {
  char byte;
  say("read", read(pipe_ends[0], &byte, 1));
  _exit(byte);
}

// A process that waits in a call, attached to, and one that is seized.
static void attaching(void) {
  for (int seizes = 0; seizes < 2; seizes++) {
    pipe(pipe_ends);
    const pid_t child = fork();
    if (child == 0) wait_for_end();
    usleep(20000);
    if (seizes) {
      say("seize", ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_TRACESYSGOOD));
      say("interrupt", ptrace(PTRACE_INTERRUPT, child, 0, 0));
    } else {
      say("attach", ptrace(PTRACE_ATTACH, child, 0, 0));
      say("no interrupt", ptrace(PTRACE_INTERRUPT, child, 0, 0));
    }
    next_stop("stopped", child);
    shown(child);
    if (seizes) {
      say("cont", ptrace(PTRACE_CONT, child, 0, 0));
      say("runs", ptrace(PTRACE_CONT, child, 0, 0));
      kill(child, SIGSTOP);
      next_stop("its signal", child);
      say("give", ptrace(PTRACE_CONT, child, 0, SIGSTOP));
      next_stop("group", child);
      say("listen", ptrace(PTRACE_LISTEN, child, 0, 0));
      kill(child, SIGCONT);
      next_stop("continued", child);
      say("cont", ptrace(PTRACE_CONT, child, 0, 0));
      next_stop("its signal", child);
    }
    say("detach", ptrace(PTRACE_DETACH, child, 0, 0));
    write(pipe_ends[1], "\7", 1);
    next_stop("end", child);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
  }
}

// Its time comes while it is stopped.
static void sleeping(void) {
  const pid_t child = fork();
  if (child == 0) _exit(usleep(50000) == 0 ? 6 : 7);
  usleep(10000);
  say("attach", ptrace(PTRACE_ATTACH, child, 0, 0));
  next_stop("stopped", child);
  usleep(100000);
  say("detach", ptrace(PTRACE_DETACH, child, 0, 0));
  next_stop("end", child);
}

static void do_nothing(void) {
  while (1) pause();
}

// A tracer that ends takes with it what it was asked to, and lets go of the rest.
static void ends_of_tracers(void) {
  for (int kills = 0; kills < 2; kills++) {
    const pid_t child = fork();
    if (child == 0) do_nothing();
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    const pid_t tracer = fork();
    if (tracer == 0) {
      ptrace(PTRACE_SEIZE, child, 0, kills ? PTRACE_O_EXITKILL : 0);
      ptrace(PTRACE_INTERRUPT, child, 0, 0);
      waitpid(child, 0, __WALL);
      _exit(0);
    }
    next_stop("tracer", tracer);
    if (!kills) kill(child, SIGTERM);
    next_stop("end", child);
  }
}

int main(int argc, char** argv) {
  if (argc > 1) return strcmp(argv[1], "execed") == 0 ? 11 : 12;
  refusals();
  memory();
  breakpoints();
  calls();
  signals();
  children();
  threads();
  programs();
  attaching();
  sleeping();
  ends_of_tracers();
  return 0;
}
