#include "cmd/console/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "cmd/console/terminal.h"

namespace m2sim::cmd {
namespace {

constexpr unsigned kBarWidth = 24;
constexpr const char* kErase = "\r\x1b[K";

std::string bar(double fraction) {
  const auto filled = static_cast<unsigned>(std::lround(fraction * kBarWidth));
  return "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "]";
}

}  // namespace

std::string format_duration(double seconds) {
  const auto whole = static_cast<long>(std::lround(std::max(seconds, 0.0)));
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string progress_line(double done, double total, double seconds, std::string_view rate,
                          std::string_view label, unsigned width) {
  const double fraction = total > 0 ? std::clamp(done / total, 0.0, 1.0) : 0.0;
  std::string line = fmt::format("{} {:3.0f} %", bar(fraction), 100 * fraction);
  if (!rate.empty()) line += fmt::format("  {}", rate);
  if (fraction > 0) line += fmt::format("  {} left", format_duration(seconds * (1 - fraction) / fraction));
  if (!label.empty()) line += fmt::format("  {}", label);
  if (width > 1 && line.size() > width - 1) line.resize(width - 1);
  return line;
}

Progress::Progress(bool wanted) : active_(wanted && is_terminal(STDERR_FILENO)) {}

Progress::~Progress() { erase(); }

void Progress::show(double done, double total, std::string_view rate, std::string_view label) {
  if (!active_) return;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
  show_line(progress_line(done, total, elapsed.count(), rate, label, terminal_width(STDERR_FILENO)));
}

void Progress::show_line(std::string line) {
  if (!active_) return;
  const unsigned width = terminal_width(STDERR_FILENO);
  if (width > 1 && line.size() > width - 1) line.resize(width - 1);
  line.insert(0, kErase);
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
  shown_ = true;
}

void Progress::erase() {
  if (!shown_) return;
  // A bar that cannot be written is no error; fmt::print would throw, and a destructor calls this.
  std::fputs(kErase, stderr);
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace m2sim::cmd
