// From the guest's file names to the host's.
//
// The guest sees one tree: the sysroot laid over the host's root, with /proc, /sys and the descriptors in
// /dev made up (proc_files.h). A name is followed component by component in that tree. What exists in the
// sysroot hides what the host has there; `..` stays inside, and absolute symbolic links start again at the
// top, so that no name leads out of the sysroot to a file that it has itself.
//
// A new file goes to the host's directory if there is one of that name, as under qemu-aarch64 -L, else to
// the sysroot's; named relative to an open or current directory of the sysroot, to that directory. A
// listing shows the one directory that was opened, not what lies beneath it.
#pragma once

#include <string>

#include "emu/linux/guest_paths.h"

namespace m2sim::emu {

struct Process;

// What becomes of a symbolic link that the whole name leads to. A result of kFollow never is one.
enum class LastLink : bool { kFollow, kKeep };

// `directory` is a guest descriptor or AT_FDCWD, which arm64 and the host both call -100. An empty name
// stands for the directory, for calls with AT_EMPTY_PATH; the host refuses it to others.
HostPath resolve(const Process& process, int directory, const std::string& name, LastLink last);

}  // namespace m2sim::emu
