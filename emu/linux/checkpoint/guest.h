// All of a guest in a file, and back: processes, threads, memory, what they have open, time.
#pragma once

#include <memory>

#include "emu/linux/checkpoint/sections.h"

namespace m2sim::emu {

class Kernel;
class KeptFiles;
struct LoadedProgram;

// Both throw UserError: for what cannot be kept, and for what cannot be had again.
void save_guest(Kernel& kernel, const std::shared_ptr<const LoadedProgram>& first_program,
                SectionWriter& sections);
// Into a kernel without processes; the program of the command line that there was. `kept` are its files,
// which are as they were found: to be taken back when the guest goes on.
std::shared_ptr<const LoadedProgram> restore_guest(Kernel& kernel, SectionReader& sections, KeptFiles& kept);

}  // namespace m2sim::emu
