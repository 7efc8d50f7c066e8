// What a signal's frame tells its handler beyond the registers, and frames that the kernel does not go back by.
#define _GNU_SOURCE
#include <asm/sigcontext.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "check.h"

enum { kPage = 1 << 16 };

static sigjmp_buf out;
static void* expected;

static const void* record(const ucontext_t* context, uint32_t magic) {
  const char* at = (const char*)context->uc_mcontext.__reserved;
  for (;;) {
    const struct _aarch64_ctx* head = (const struct _aarch64_ctx*)at;
    if (head->magic == magic) return at;
    if (head->magic == 0) return NULL;
    at += head->size;
  }
}

static void tell(int signal, siginfo_t* info, void* at) {
  const ucontext_t* context = at;
  const struct esr_context* syndrome = record(context, ESR_MAGIC);
  printf("signal %d, code %d, ", signal, info->si_code);
  if (syndrome == NULL) {
    printf("no syndrome, address %lx\n", (unsigned long)context->uc_mcontext.fault_address);
  } else {
    // How deep the kernel's tables are is its own affair: of a fault's status, only the kind.
    const unsigned long status = syndrome->esr & 0x3f;
    printf("class %lx, %s, status %lx, address %s\n", (unsigned long)(syndrome->esr >> 26),
           (syndrome->esr & 0x40) != 0 ? "write" : "read", status < 0x10 ? status & ~3UL : status,
           context->uc_mcontext.fault_address == (uint64_t)expected ? "as expected" : "another");
  }
  fflush(stdout);
  if (signal != SIGCHLD) siglongjmp(out, 1);
}

static void touch(const char* name, volatile char* at, int how) {
  printf("%s: ", name);
  expected = (void*)at;
  if (sigsetjmp(out, 1) != 0) return;
  if (how == 'r') (void)*at;
  if (how == 'w') *at = 1;
  if (how == 'x') ((void (*)(void))at)();
}

static void faults(void) {
  char* pages = mmap(NULL, 3 * kPage, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(pages + kPage, kPage, PROT_NONE);
  munmap(pages + 2 * kPage, kPage);
  touch("load of nothing", pages + 2 * kPage + 8, 'r');
  touch("store to nothing", pages + 2 * kPage + 8, 'w');
  touch("load of what is closed", pages + kPage + 9, 'r');
  touch("store to what is closed", pages + kPage + 9, 'w');
  touch("store to what may be read", pages + 10, 'w');
  touch("call of what may be read", pages, 'x');
  touch("call of nothing", pages + 2 * kPage, 'x');
  const int file = memfd_create("empty", 0);
  char* mapped = mmap(NULL, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  touch("load behind a file", mapped, 'r');
  touch("store behind a file", mapped, 'w');
  printf("undefined: ");
  if (sigsetjmp(out, 1) == 0) asm volatile("udf #1");
}

static int spoil;

static void change(int signal, siginfo_t* info, void* at) {
  (void)signal, (void)info;
  ucontext_t* context = at;
  struct fpsimd_context* fp = (struct fpsimd_context*)record(context, FPSIMD_MAGIC);
  if (spoil == 1) context->uc_mcontext.pstate |= 0xd;  // EL3h
  if (spoil == 2) context->uc_mcontext.pstate |= 0x80;  // interrupts masked
  if (spoil == 3) fp->head.size = 16;
  if (spoil == 4) fp->head.magic = 1;
  if (spoil == 5) context->uc_mcontext.pstate ^= 0xf0000000;
}

static void returns(void) {
  struct sigaction action = {.sa_sigaction = change, .sa_flags = SA_SIGINFO};
  for (spoil = 0; spoil < 6; ++spoil) {
    int status;
    if (fork() == 0) {
      sigaction(SIGUSR1, &action, NULL);
      signal(SIGSEGV, SIG_DFL);
      raise(SIGUSR1);
      _exit(7);
    }
    wait(&status);
    printf("spoilt %d: %s %d\n", spoil, WIFEXITED(status) ? "exited" : "killed",
           WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    fflush(stdout);
  }
}

int main(void) {
  struct sigaction action = {.sa_sigaction = tell, .sa_flags = SA_SIGINFO};
  sigaction(SIGCHLD, &action, NULL);
  if (fork() == 0) _exit(3);
  wait(NULL);
  signal(SIGCHLD, SIG_DFL);
  const int signals[] = {SIGSEGV, SIGBUS, SIGILL};
  for (int i = 0; i < 3; ++i) sigaction(signals[i], &action, NULL);
  faults();
  returns();
  return 0;
}
