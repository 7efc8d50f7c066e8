// Ctrl-C ends a run, not m2sim: what ran until then is reported.
#pragma once

namespace m2sim::cmd {

// From here on the first SIGINT or SIGTERM, unless it is ignored, asks the run to stop (emu/stop_request.h);
// the second ends m2sim at once.
void stop_on_signals();

}  // namespace m2sim::cmd
