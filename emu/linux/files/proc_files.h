// The files that the emulated kernel makes up: /proc, /sys, and the names of descriptors in /dev. They show
// the guest's processes, with the guest's ids, simulated time and the machine of machine.h; nothing of the
// host is below these names. A file's text is made when it is opened; a directory's list when it is read.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace m2sim::emu {

class Kernel;
struct Process;
struct AddressSpace;
struct OpenFile;

struct MadeUpFile {
  enum class Kind : std::uint8_t { kDirectory, kText, kLink };
  Kind kind;
  std::uint32_t permissions;       // without the type
  std::string target{};            // kLink: what readlink says
  std::optional<int> open_file{};  // kLink: leads to what is open on this host descriptor, not to a name
  int owner = 0;                   // pid whose user owns it; 0: root
  off_t size = 0;                  // what stat says
};

struct MadeUpEntry {
  std::string name;
  MadeUpFile::Kind kind;
};

// All names here are canonical: absolute, without links, "." or "..".

// Whether the host must not be asked for this name, there or not.
bool is_made_up(std::string_view path);
std::optional<MadeUpFile> find_made_up(const Process& process, const std::string& path);
// Of a file; `kernel` is the process that reads it. Nothing: EACCES.
std::optional<std::string> text_of(const Process& process, const std::string& path);
// Whose memory a file shows (/proc/<pid>/mem); null: no such file, or a process that has ended.
std::shared_ptr<AddressSpace> memory_behind(const Process& process, const std::string& path);
// Of a directory, without "." and "..".
std::vector<MadeUpEntry> entries_of(const Process& process, const std::string& path);
// What a program wrote to it: 0 or -errno.
std::int64_t write_made_up(Process& process, const std::string& path, std::string text);
struct stat status_of(const Process& process, const std::string& path, const MadeUpFile& file);

// Of a pipe or a socket without a name: dense, in the order in which somebody asks.
std::uint64_t guest_inode(Kernel& kernel, std::uint64_t host);
// What readlink says of a descriptor of the guest: a guest name, or "pipe:[7]" and the like.
std::string link_of(const Process& process, const OpenFile& file);

}  // namespace m2sim::emu
