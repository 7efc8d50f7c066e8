#include "cmd/check/files.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

#include "cmd/check/library_cache.h"
#include "cmd/console/output_file.h"
#include "emu/linux/files/path_walk.h"
#include "emu/linux/load/program_file.h"
#include "emu/linux/process.h"
#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

// Linux's limit of interpreters that are scripts themselves.
constexpr int kMostScripts = 5;

// Debian's and its relatives' folders, then what other systems of 64 bits have.
constexpr std::array<std::string_view, 6> kGlibcFolders{
    "/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"};
constexpr std::array<std::string_view, 3> kMuslFolders{"/lib", "/usr/local/lib", "/usr/lib"};

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::vector<std::string> split_at_colons(const std::string& folders) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= folders.size()) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    if (end > begin) parts.push_back(folders.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

class Search {
 public:
  Search(const std::string& program, const std::string& sysroot) : kernel_(options(sysroot)) {
    add_program(program);
    add_loader();
    read_cache();
    // The list grows as it is walked: breadth first, as the loader does.
    for (std::size_t i = 0; i < result_.files.size(); ++i) {
      const std::vector<std::string> needed = result_.files[i].dynamic.needed;
      for (const std::string& name : needed) add_library(name, i);
    }
  }

  ProgramFiles take() { return std::move(result_); }

 private:
  static emu::MachineOptions options(const std::string& sysroot) {
    emu::MachineOptions options;
    options.sysroot = sysroot;
    return options;
  }

  emu::HostPath resolved(const std::string& guest) const {
    return emu::resolve(process_, AT_FDCWD, guest, emu::LastLink::kFollow);
  }
  // A name that nothing has stays as it is: opening it then says so.
  std::string host(const std::string& guest) const {
    const emu::HostPath where = resolved(guest);
    return where.error == 0 ? where.whole() : guest;
  }

  void add(ProgramFile::Role role, std::string name, std::size_t parent, emu::ElfImage image) {
    emu::DynamicSection dynamic = emu::read_dynamic(image);
    result_.files.push_back({role, std::move(name), parent, std::move(image), std::move(dynamic)});
  }

  void add_program(std::string name) {
    for (int depth = 0; depth <= kMostScripts; ++depth) {
      const emu::HostPath where = resolved(name);
      auto looked = emu::look_at_program(where, name, false);
      if (const auto* failure = std::get_if<emu::LoadFailure>(&looked)) {
        throw emu::UserError(failure->message, failure->kind);
      }
      const std::vector<std::byte>& head = std::get<emu::ProgramFile>(looked).head;
      if (!emu::is_script(head)) {
        return add(ProgramFile::Role::kProgram, name, 0, emu::read_elf(where.whole()));
      }
      const auto line = emu::parse_script_line(head);
      if (!line) {
        throw emu::UserError(name + ": its first line names no interpreter",
                             emu::UserError::Kind::kNotExecutable);
      }
      name = line->interpreter;
    }
    throw emu::UserError(name + ": a script whose interpreters are scripts, too many of them",
                         emu::UserError::Kind::kNotExecutable);
  }

  void add_loader() {
    const std::string name = result_.files.front().image.interpreter;
    if (name.empty()) return;
    musl_ = base_name(name).starts_with("ld-musl-");
    try {
      add(ProgramFile::Role::kLoader, name, 0, emu::read_elf(host(name)));
    } catch (const emu::UserError& error) {
      result_.missing.push_back({name, result_.files.front().name, error.what()});
    }
  }

  void read_cache() {
    const std::string path = host("/etc/ld.so.cache");
    std::error_code none;
    if (!musl_ && std::filesystem::is_regular_file(path, none)) cache_ = parse_library_cache(read_file(path));
  }

  bool is_loaded(const std::string& name) const {
    return std::any_of(result_.files.begin(), result_.files.end(), [&name](const ProgramFile& file) {
      return file.role != ProgramFile::Role::kProgram && (file.dynamic.soname == name || file.name == name);
    });
  }

  // The parts of the C library that musl's loader is itself.
  bool is_musl_itself(const std::string& name) const {
    constexpr std::array<std::string_view, 7> kParts{"libc.",  "libpthread.", "librt.",  "libm.",
                                                     "libdl.", "libutil.",    "libxnet."};
    return musl_ && std::any_of(kParts.begin(), kParts.end(),
                                [&name](std::string_view part) { return name.starts_with(part); });
  }

  std::vector<std::string> expanded(const std::string& folders, const ProgramFile& file) const {
    std::error_code none;
    const std::string real = std::filesystem::weakly_canonical(file.image.path, none).string();
    const std::string origin = std::filesystem::path(process_.paths.guest_name(real)).parent_path().string();
    std::vector<std::string> result = split_at_colons(folders);
    for (std::string& folder : result) {
      for (const char* form : {"${ORIGIN}", "$ORIGIN"}) replace_all(folder, form, origin);
      for (const char* form : {"${LIB}", "$LIB"}) replace_all(folder, form, "lib/aarch64-linux-gnu");
      for (const char* form : {"${PLATFORM}", "$PLATFORM"}) replace_all(folder, form, "aarch64");
    }
    return result;
  }

  // Where the loader looks for what file `needer` needs, in order.
  std::vector<std::string> candidates(const std::string& name, std::size_t needer) const {
    std::vector<std::string> result;
    const auto in = [&](const std::string& folder) { result.push_back(folder + "/" + name); };
    const ProgramFile& file = result_.files[needer];
    // The rpath of those through whom it was loaded counts too.
    for (std::size_t i = needer; !file.dynamic.has_runpath; i = result_.files[i].parent) {
      const ProgramFile& up = result_.files[i];
      if (!up.dynamic.has_runpath) std::ranges::for_each(expanded(up.dynamic.rpath, up), in);
      if (i == 0) break;
    }
    std::ranges::for_each(expanded(file.dynamic.runpath, file), in);
    for (const CachedLibrary& cached : cache_) {
      if (cached.name == name) result.push_back(cached.path);
    }
    if (musl_) {
      for (const std::string_view folder : kMuslFolders) in(std::string(folder));
    } else {
      for (const std::string_view folder : kGlibcFolders) in(std::string(folder));
    }
    return result;
  }

  void add_library(const std::string& name, std::size_t needer) {
    if (is_loaded(name) || is_musl_itself(name)) return;
    if (std::ranges::find(tried_, name) != tried_.end()) return;
    tried_.push_back(name);
    const bool is_path = name.find('/') != std::string::npos;
    std::string why = "not found";
    for (const std::string& guest : is_path ? std::vector{name} : candidates(name, needer)) {
      const std::string path = host(guest);
      std::error_code none;
      if (!std::filesystem::exists(path, none)) continue;
      if (is_there(path)) return;
      try {
        add(ProgramFile::Role::kLibrary, guest, needer, emu::read_elf(path, emu::ElfUse::kLibrary));
        return;
      } catch (const emu::UserError& error) {
        why = error.what();  // the loader goes on looking behind files for other machines
      }
    }
    result_.missing.push_back({name, result_.files[needer].name, why});
  }

  // Under another name it is the same library.
  bool is_there(const std::string& path) const {
    return std::ranges::any_of(result_.files, [&path](const ProgramFile& file) {
      std::error_code none;
      return std::filesystem::equivalent(file.image.path, path, none);
    });
  }

  emu::Kernel kernel_;
  // Never runs: names are looked up as its own would be.
  emu::Process process_{kernel_, kernel_.next_id()};
  bool musl_ = false;
  std::vector<CachedLibrary> cache_;
  std::vector<std::string> tried_;
  ProgramFiles result_;
};

}  // namespace

ProgramFiles find_program_files(const std::string& program, const std::string& sysroot) {
  return Search(program, sysroot).take();
}

}  // namespace m2sim::cmd
