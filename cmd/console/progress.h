// A progress bar on standard error: only where that is a terminal, and one line that is erased behind.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace m2sim::cmd {

// Without the terminal: the line that a bar shows. `done` of `total` units of work; the time left
// assumes that the rest takes as long a unit. `rate` says what was done in a second, "14.2 MIPS".
std::string progress_line(double done, double total, double seconds, std::string_view rate,
                          std::string_view label, unsigned width);

std::string format_duration(double seconds);  // "0:07", "1:02:03"

class Progress {
 public:
  explicit Progress(bool wanted);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  bool active() const { return active_; }
  void show(double done, double total, std::string_view rate, std::string_view label);
  void show_line(std::string line);  // where nobody knows how much is left
  void erase();

 private:
  bool active_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace m2sim::cmd
