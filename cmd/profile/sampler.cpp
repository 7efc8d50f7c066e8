#include "cmd/profile/sampler.h"

#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cmd/console/failure.h"
#include "cmd/profile/perftools.h"

namespace m2sim::cmd {
namespace {

SampleBuffer* target = nullptr;
volatile bool counts_now = false;
volatile Mode mode_now = Mode::kEmulation;
volatile Phase phase_now = Phase::kOutside;

// gperftools has SIGPROF to itself.
int sample_signal() { return SIGRTMIN + 5; }

std::uint64_t interrupted_pc(const ucontext_t& context) {
#if defined(__x86_64__)
  return static_cast<std::uint64_t>(context.uc_mcontext.gregs[REG_RIP]);
#else
  return context.uc_mcontext.pc;
#endif
}

void on_tick(int /*signal*/, siginfo_t* /*info*/, void* context) {
  if (!counts_now) return;
  const std::uint32_t index = target->count.fetch_add(1, std::memory_order_relaxed);
  if (index >= SampleBuffer::kMost) return;
  target->samples[index] = {interrupted_pc(*static_cast<const ucontext_t*>(context)), mode_now, phase_now};
}

}  // namespace

void set_sampled_phase(Phase phase) { phase_now = phase; }
Phase sampled_phase() { return phase_now; }

PcSampler::PcSampler(SampleBuffer& buffer) {
  target = &buffer;
  struct sigaction action {};
  action.sa_sigaction = on_tick;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  // Both come at the kernel's tick, this one first: without the mask gperftools would see on_tick alone.
  ::sigemptyset(&action.sa_mask);
  ::sigaddset(&action.sa_mask, SIGPROF);
  ::sigaction(sample_signal(), &action, &before_);
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = sample_signal();
  event._sigev_un._tid = static_cast<pid_t>(::syscall(SYS_gettid));
  if (::timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer_) != 0) {
    throw failure("profile: cannot make a timer for samples: {}", std::strerror(errno));
  }
  // It ticks all the time: runs shorter than a period are to get their share.
  const timespec span{0, static_cast<long>(sample_period() * 1e9)};
  const itimerspec timer{span, span};
  ::timer_settime(timer_, 0, &timer, nullptr);
}

PcSampler::~PcSampler() {
  counts_now = false;
  ::timer_delete(timer_);
  ::sigaction(sample_signal(), &before_, nullptr);
}

void PcSampler::start(Mode mode) {
  mode_now = mode;
  counts_now = true;
}

void PcSampler::stop() { counts_now = false; }

}  // namespace m2sim::cmd
