#include "emu/linux/load/program_load.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "emu/cpu/hwcap.h"
#include "emu/linux/files/path_walk.h"
#include "emu/linux/load/program_file.h"
#include "emu/linux/load/stack.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

namespace {

// Where a Linux with 39 address bits and no randomisation puts things: these lie below Memory::limit() on
// every host, so that addresses, and with them caches and cycles, are the same. What a guest asks for may lie
// above. Under valgrind there is less to be had, and all lies lower.
constexpr std::uint64_t kTaskSize = std::uint64_t{1} << 39;
constexpr std::uint64_t kLargestPage = 65536;  // what arm64 programs are linked to be aligned to
constexpr std::uint64_t kAboveStack = std::uint64_t{1} << 20;    // kept free there
constexpr std::uint64_t kLeastBelow = std::uint64_t{128} << 20;  // for the stack, whatever its limit
constexpr std::uint64_t kLeastStack = std::uint64_t{256} << 10;  // a program begins, whatever its limit
constexpr std::uint64_t kUnlimitedStack = std::uint64_t{1} << 30U;
constexpr std::uint64_t kLargestStack = std::uint64_t{1} << 36U;
constexpr std::uint64_t kClockTicks = 100;       // USER_HZ
constexpr std::uint64_t kMinSignalStack = 5120;  // arm64 MINSIGSTKSZ
constexpr int kMostScripts = 5;                  // interpreters that are scripts themselves
constexpr std::size_t kCommMost = 15;            // TASK_COMM_LEN, without the zero byte

std::uint64_t up(std::uint64_t address, std::uint64_t unit) { return (address + unit - 1) / unit * unit; }

using Failure = std::optional<LoadFailure>;

LoadFailure not_executable(int error, std::string message) {
  return {error, UserError::Kind::kNotExecutable, std::move(message)};
}

// One load in progress.
class Loader {
 public:
  Loader(const LoadRequest& request, const Process& process, Memory& memory)
      : request_(request), process_(process), memory_(memory), argv_(request.argv) {}

  std::variant<LoadedProgram, LoadFailure> load() {
    Failure failure = find_program();
    if (!failure) failure = map_program();
    if (!failure) failure = map_loader();
    if (!failure) failure = map_stack();
    if (failure) return *std::move(failure);
    return std::move(result_);
  }

 private:
  Failure find_program();
  Failure enter_script(const std::vector<std::byte>& head, const std::string& name, std::string& interpreter);
  Failure take_image();
  static Failure read(const std::string& host_path, int error, ElfImage& image);
  Failure map_image(const ElfImage& image, std::uint64_t bias);
  Failure map_program();
  Failure map_loader();
  Failure map_stack();
  void map_sigreturn();
  std::uint64_t stack_size() const;
  std::vector<AuxEntry> auxiliary_vector() const;

  const LoadRequest& request_;
  const Process& process_;
  Memory& memory_;
  std::vector<std::string> argv_;
  LoadedProgram result_;
};

// The script's own arguments stay; before them come interpreter, its argument, and the script's name.
Failure Loader::enter_script(const std::vector<std::byte>& head, const std::string& name,
                             std::string& interpreter) {
  const auto line = parse_script_line(head);
  if (!line) return not_executable(ENOEXEC, name + ": its first line names no interpreter");
  if (!argv_.empty()) argv_.erase(argv_.begin());
  argv_.insert(argv_.begin(), name);
  if (line->argument) argv_.insert(argv_.begin(), *line->argument);
  argv_.insert(argv_.begin(), line->interpreter);
  interpreter = line->interpreter;
  return std::nullopt;
}

// The program is at hand: what it is called is only a name.
Failure Loader::take_image() {
  result_.path = request_.name;
  try {
    result_.image = parse_elf(request_.name, {request_.image.begin(), request_.image.end()});
  } catch (const UserError& refusal) {
    return LoadFailure{ENOEXEC, refusal.kind(), refusal.what()};
  }
  return std::nullopt;
}

Failure Loader::find_program() {
  HostPath where = request_.file;
  std::string name = request_.name;
  result_.comm = name.substr(name.rfind('/') + 1).substr(0, kCommMost);
  if (!request_.image.empty()) return take_image();
  for (int depth = 0; depth <= kMostScripts; ++depth) {
    auto file = look_at_program(where, name, request_.needs_execute || depth > 0);
    if (auto* failure = std::get_if<LoadFailure>(&file)) {
      if (depth > 0) failure->message += ", the interpreter of the script " + request_.name;
      return std::move(*failure);
    }
    auto& program = std::get<ProgramFile>(file);
    if (!is_script(program.head)) {
      result_.path = process_.paths.guest_name(program.host_path);
      // A search along PATH shall go on where the host has a program of its own beneath the sysroot.
      const bool hidden = !process_.paths.sysroot().empty() &&
                          !process_.paths.in_sysroot(program.host_path) && is_foreign_program(program.head);
      Failure failure = read(where.whole(), hidden ? ENOENT : ENOEXEC, result_.image);
      // The number of a descriptor may be another file's later.
      const bool by_descriptor = where.whole().starts_with("/proc/self/fd/");
      if (failure && depth > 0)
        failure->message += ", the interpreter of the script " + request_.name +
                            "; name the folder of an arm64 Linux system with --sysroot DIR";
      if (by_descriptor || !process_.credentials.hosts_files()) result_.image.path = program.host_path;
      result_.file = std::move(program.file);
      return failure;
    }
    std::string interpreter;
    if (Failure failure = enter_script(program.head, name, interpreter)) return failure;
    name = interpreter;
    where = resolve(process_, AT_FDCWD, name, LastLink::kFollow);
  }
  return not_executable(ELOOP, request_.name + ": a script whose interpreters are scripts, too many of them");
}

Failure Loader::read(const std::string& host_path, int error, ElfImage& image) {
  try {
    image = read_elf(host_path);
  } catch (const UserError& refusal) {
    return LoadFailure{error, refusal.kind(), refusal.what()};
  }
  return std::nullopt;
}

Failure Loader::map_image(const ElfImage& image, std::uint64_t bias) {
  try {
    load_elf(image, bias, memory_);
  } catch (const UserError& refusal) {
    return LoadFailure{ENOMEM, refusal.kind(), refusal.what()};
  }
  return std::nullopt;
}

Failure Loader::map_program() {
  const ElfImage& image = result_.image;
  const std::uint64_t task_size = std::min(kTaskSize, memory_.limit());
  result_.bias = image.position_independent ? task_size / 3 * 2 / kLargestPage * kLargestPage : 0;
  result_.stack_end = task_size - kAboveStack;
  result_.stack_begin = result_.stack_end - stack_size();
  const std::uint64_t top = result_.stack_end - std::max(kLeastBelow, stack_size() + kStackGuard);
  if (image.end() > top - result_.bias) {
    return not_executable(ENOMEM,
                          image.path + ": its segments reach into the stack of the guest's address space");
  }
  if (Failure failure = map_image(image, result_.bias)) return failure;
  result_.entry_pc = image.entry + result_.bias;
  result_.brk_start = up(image.end() + result_.bias, kGuestPage);
  memory_.set_search_top(top);
  return std::nullopt;
}

// At the top of the area for mmap, as Linux without randomisation has it.
Failure Loader::map_loader() {
  const std::string& name = result_.image.interpreter;
  if (name.empty()) return std::nullopt;
  const HostPath where = resolve(process_, AT_FDCWD, name, LastLink::kFollow);
  const auto file = look_at_program(where, name, true);
  if (const auto* failure = std::get_if<LoadFailure>(&file)) {
    return not_executable(
        failure->error, result_.image.path + ": dynamically linked, and its loader " + name +
                            " is not there; name the folder of an arm64 Linux system with --sysroot DIR, or "
                            "link it with -static");
  }
  ElfImage loader;
  if (Failure failure = read(where.whole(), ELIBBAD, loader)) {
    failure->message = result_.image.path + ": its loader cannot be used: " + failure->message;
    return failure;
  }
  std::uint64_t bias = 0;
  if (loader.position_independent) {
    const auto range = memory_.find_free(loader.end() - loader.begin() + kLargestPage);
    if (!range) return not_executable(ENOMEM, name + ": no room for the loader in the guest's address space");
    bias = up(*range, kLargestPage) - loader.begin() / kLargestPage * kLargestPage;
  }
  if (Failure failure = map_image(loader, bias)) return failure;
  result_.loader_base = bias;
  result_.entry_pc = loader.entry + bias;
  return std::nullopt;
}

std::vector<AuxEntry> Loader::auxiliary_vector() const {
  const ElfImage& image = result_.image;
  const Cpu cpu = process_.kernel.options.cpu;
  const Identity& user = process_.credentials.user();
  const Identity& group = process_.credentials.group();
  const std::uint64_t headers = image.phdr_address == 0 ? 0 : image.phdr_address + result_.bias;
  return {
      {Aux::kMinsigstksz, kMinSignalStack},
      {Aux::kHwcap, hwcap_word(1, cpu)},
      {Aux::kPagesz, kGuestPage},
      {Aux::kClktck, kClockTicks},
      {Aux::kPhdr, headers},
      {Aux::kPhent, kElfPhdrSize},
      {Aux::kPhnum, image.phdr_count},
      {Aux::kBase, result_.loader_base},
      {Aux::kFlags, 0},
      {Aux::kEntry, image.entry + result_.bias},
      {Aux::kUid, user.real},
      {Aux::kEuid, user.effective},
      {Aux::kGid, group.real},
      {Aux::kEgid, group.effective},
      {Aux::kSecure, user.real == user.effective && group.real == group.effective ? 0U : 1U},
      {Aux::kHwcap2, hwcap_word(2, cpu)},
  };
}

// Linux keeps `mov x8, #139; svc #0` in its vDSO, which these processes do not have.
void Loader::map_sigreturn() {
  constexpr std::array<std::uint32_t, 2> kCode = {0xd2801168, 0xd4000001};
  const std::uint64_t page = result_.stack_end;
  if (!memory_.map(page, kGuestPage, kProtRead | kProtExec, "[vdso]")) return;
  memory_.write_any(page, kCode.data(), sizeof(kCode));
  result_.sigreturn_address = page;
}

std::uint64_t Loader::stack_size() const {
  const std::uint64_t soft = process_.limits[Resource::kStack].soft;
  const std::uint64_t limit = soft == kUnlimited ? kUnlimitedStack : std::min(soft, kLargestStack);
  return up(std::max(limit, kLeastStack), kGuestPage);
}

Failure Loader::map_stack() {
  const bool executable = result_.image.executable_stack;
  const std::uint8_t protection = executable ? kProtRead | kProtWrite | kProtExec : kProtRead | kProtWrite;
  if (!memory_.map(result_.stack_begin, stack_size(), protection, "[stack]")) {
    return LoadFailure{ENOMEM, UserError::Kind::kOther,
                       "cannot map the guest's stack: the host refuses the memory"};
  }
  map_sigreturn();
  StackContents stack;
  stack.argv = argv_;
  stack.envp = request_.envp;
  stack.auxv = auxiliary_vector();
  stack.execfn = request_.name;
  stack.random[0] = request_.random[0];
  stack.random[1] = request_.random[1];
  const std::uint64_t most = most_arguments(process_.limits);
  const auto layout = write_stack(stack, result_.stack_end, most, memory_);
  if (!layout) {
    return not_executable(E2BIG, "arguments and environment take more than " + std::to_string(most) +
                                     " bytes, or one of them more than " + std::to_string(kStringMost));
  }
  result_.stack_pointer = layout->stack_pointer;
  result_.arguments_begin = layout->arguments_begin;
  result_.arguments_end = layout->arguments_end;
  result_.environment_begin = layout->environment_begin;
  result_.environment_end = layout->environment_end;
  result_.auxv = layout->auxv;
  return std::nullopt;
}

}  // namespace

std::variant<LoadedProgram, LoadFailure> load_program(const LoadRequest& request, const Process& process,
                                                      Memory& memory) {
  return Loader(request, process, memory).load();
}

LoadedProgram load_first_program(LoadRequest request, const Process& process, Memory& memory) {
  if (request.name.empty())
    throw UserError("the name of the program is empty; give a file", UserError::Kind::kNotFound);
  request.file = resolve(process, AT_FDCWD, request.name, LastLink::kFollow);
  request.needs_execute = false;
  if (request.argv.empty()) request.argv = {request.name};
  auto loaded = load_program(request, process, memory);
  if (const auto* failure = std::get_if<LoadFailure>(&loaded)) {
    throw UserError(failure->message, failure->kind);
  }
  return std::get<LoadedProgram>(std::move(loaded));
}

}  // namespace m2sim::emu
