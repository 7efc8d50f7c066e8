#include "cmd/results/host.h"

#include <fmt/format.h>

#include <fstream>
#include <thread>

namespace m2sim::cmd {

std::string host_description() {
  constexpr std::string_view kModel = "model name";
  std::ifstream processors("/proc/cpuinfo");
  std::string line;
  while (std::getline(processors, line)) {
    const std::size_t colon = line.find(": ");
    if (!line.starts_with(kModel) || colon == std::string::npos) continue;
    const unsigned count = std::thread::hardware_concurrency();
    return fmt::format("{}, {} processor{}", line.substr(colon + 2), count, count == 1 ? "" : "s");
  }
  return "unknown";
}

}  // namespace m2sim::cmd
