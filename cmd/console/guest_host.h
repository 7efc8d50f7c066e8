// This process as the host of a guest: what a library may not do to it, and what the guest inherits from it.
#pragma once

#include <csignal>
#include <functional>
#include <string_view>

#include "emu/machine_options.h"

namespace m2sim::cmd {

// While the guest runs its umask alone decides: the process has none. As long as this lives a report to
// a pipe that nobody reads is lost without taking the simulator with it.
class GuestHost {
 public:
  GuestHost();
  ~GuestHost();
  GuestHost(const GuestHost&) = delete;
  GuestHost& operator=(const GuestHost&) = delete;

  // The umask and the ignored signals that this process was started with, where its warnings go, what stops
  // it and what ends it.
  void describe_to(emu::MachineOptions& machine) const;
  void guest_begins() const;
  void guest_has_ended() const;
  // While the guest lives: what the user himself writes has his umask.
  void as_user(const std::function<void()>& write) const;

 private:
  unsigned umask_;
  struct sigaction sigpipe_ {};
};

// Waits for room where the guest has made standard error a file that does not wait.
void line_to_stderr(std::string_view line);

}  // namespace m2sim::cmd
