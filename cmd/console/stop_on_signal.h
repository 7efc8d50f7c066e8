// Ctrl-C ends a run, not m2sim: what ran until then is reported.
#pragma once

#include <atomic>

namespace m2sim::cmd {

// 0, or the signal that asks for the end.
inline std::atomic<int> stop_request{0};

// From here on the first SIGINT or SIGTERM, unless it is ignored, asks the run to stop
// (MachineOptions::stop_request); the second ends m2sim at once.
void stop_on_signals();

}  // namespace m2sim::cmd
