// gperftools, where it is installed: its CPU profiler is loaded when it is asked for, its allocator has to be
// there from the first allocation on. m2sim itself is linked with neither.
#pragma once

#include <string>

namespace m2sim::cmd {

// Throws UserError where m2sim was built without gperftools or the library cannot be loaded. Samples come at
// the kernel's tick; call before the processes are forked that shall be profiled.
void load_cpu_profiler();
// Samples go to the file while `wanted` says so; false when it cannot be written.
bool start_cpu_profile(const std::string& path, int (*wanted)(void*));
void stop_cpu_profile();

// Starts m2sim again, with the same arguments and under gperftools' allocator, unless that is there already.
// Throws UserError where it cannot be had.
void require_heap_profiler();
void start_heap_profile(const std::string& prefix);
std::string
stop_heap_profile();  // the file that says what has been allocated since, as google-pprof reads it

// Seconds between two samples of processor time.
double sample_period();

}  // namespace m2sim::cmd
