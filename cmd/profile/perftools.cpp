#include "cmd/profile/perftools.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>
#include <vector>

#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"

// The build names the libraries where it found gperftools (cmd/CMakeLists.txt).
#ifndef M2SIM_PROFILER_LIBRARY
#define M2SIM_PROFILER_LIBRARY ""
#define M2SIM_TCMALLOC_LIBRARY ""
#endif

namespace m2sim::cmd {
namespace {

constexpr std::string_view kProfilerLibrary = M2SIM_PROFILER_LIBRARY;
constexpr std::string_view kTcmallocLibrary = M2SIM_TCMALLOC_LIBRARY;

// gperftools/profiler.h
struct ProfilerOptions {
  int (*filter_in_thread)(void*);
  void* argument;
};
using StartProfiler = int (*)(const char*, const ProfilerOptions*);

std::string heap_prefix;

template <class F>
F symbol(const char* name) {
  return reinterpret_cast<F>(::dlsym(RTLD_DEFAULT, name));
}

void require_built(std::string_view option, std::string_view library) {
  if (!library.empty()) return;
  throw failure(
      "profile: {} needs gperftools, which was not there when m2sim was built; install "
      "libgoogle-perftools-dev "
      "and build again",
      option);
}

std::vector<std::string> own_arguments() {
  std::vector<std::string> arguments;
  const std::string text = read_file("/proc/self/cmdline");
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\0', begin);
    arguments.push_back(text.substr(begin, end - begin));
    begin = end == std::string::npos ? text.size() : end + 1;
  }
  return arguments;
}

[[noreturn]] void start_again() {
  std::vector<std::string> arguments = own_arguments();
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  ::execv("/proc/self/exe", argv.data());
  throw failure("profile: --heap: cannot start m2sim again: {}", std::strerror(errno));
}

}  // namespace

double sample_period() {
  // The coarse clock advances with the kernel's tick, and so do timers of processor time.
  timespec tick{};
  ::clock_getres(CLOCK_REALTIME_COARSE, &tick);
  return std::max(0.001, static_cast<double>(tick.tv_sec) + static_cast<double>(tick.tv_nsec) * 1e-9);
}

void load_cpu_profiler() {
  require_built("--cpu", kProfilerLibrary);
  ::setenv("CPUPROFILE_FREQUENCY", fmt::format("{:.0f}", 1 / sample_period()).c_str(), 1);
  if (::dlopen(kProfilerLibrary.data(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    throw failure("profile: --cpu: {}; install libgoogle-perftools4", ::dlerror());
  }
}

bool start_cpu_profile(const std::string& path, int (*wanted)(void*)) {
  const ProfilerOptions options{wanted, nullptr};
  const auto start = symbol<StartProfiler>("ProfilerStartWithOptions");
  return start != nullptr && start(path.c_str(), &options) != 0;
}

void stop_cpu_profile() {
  if (const auto stop = symbol<void (*)()>("ProfilerStop"); stop != nullptr) stop();
}

void require_heap_profiler() {
  require_built("--heap", kTcmallocLibrary);
  constexpr const char* kStartedAgain = "M2SIM_HEAP_PROFILER";
  const bool loaded = symbol<void (*)(const char*)>("HeapProfilerStart") != nullptr;
  if (!loaded && std::getenv(kStartedAgain) != nullptr) {
    throw failure("profile: --heap: '{}' cannot be loaded; install libgoogle-perftools4", kTcmallocLibrary);
  }
  if (!loaded) {
    ::setenv(kStartedAgain, "1", 1);
    ::setenv("LD_PRELOAD", kTcmallocLibrary.data(), 1);
    // No files of its own, however much is allocated.
    ::setenv("HEAP_PROFILE_ALLOCATION_INTERVAL", "0", 1);
    ::setenv("HEAP_PROFILE_INUSE_INTERVAL", "0", 1);
    start_again();
  }
  ::unsetenv(kStartedAgain);
  ::unsetenv("LD_PRELOAD");
}

void start_heap_profile(const std::string& prefix) {
  heap_prefix = prefix;
  if (const auto start = symbol<void (*)(const char*)>("HeapProfilerStart"); start != nullptr)
    start(prefix.c_str());
}

std::string stop_heap_profile() {
  const auto dump = symbol<void (*)(const char*)>("HeapProfilerDump");
  const auto stop = symbol<void (*)()>("HeapProfilerStop");
  if (dump != nullptr && stop != nullptr) {
    dump("end of the runs");
    stop();
  }
  return heap_prefix + ".0001.heap";  // the library counts what it dumps
}

}  // namespace m2sim::cmd
