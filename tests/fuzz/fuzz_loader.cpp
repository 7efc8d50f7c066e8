// Any bytes as a program: refused in one line, or loaded, looked at and run for a while.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "emu/elf.h"
#include "emu/emulator.h"
#include "emu/process.h"
#include "emu/retired.h"
#include "emu/symbols.h"
#include "emu/user_error.h"
#include "insts/decode.h"
#include "tests/fuzz/fuzz_target.h"

namespace m2sim::fuzz {
namespace {

constexpr std::uint64_t kMostInsts = 1000;
// Larger images only take time: what they do with memory is the same.
constexpr std::uint64_t kMostImage = std::uint64_t{16} << 20U;

// A file of one's own, for the program of each input.
class InputFile {
 public:
  InputFile()
      : path_(std::filesystem::temp_directory_path() / "m2sim_fuzz_XXXXXX"), fd_(::mkstemp(path_.data())) {
    require(fd_ >= 0 && ::fchmod(fd_, S_IRWXU) == 0, "a temporary file can be made");
  }
  ~InputFile() {
    ::close(fd_);
    ::unlink(path_.c_str());
  }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::string& put(const std::uint8_t* data, std::size_t size) const {
    require(::ftruncate(fd_, 0) == 0 && ::pwrite(fd_, data, size, 0) == static_cast<ssize_t>(size),
            "the file takes the input");
    return path_;
  }

 private:
  std::string path_;
  int fd_;
};

void check_message(const emu::UserError& error) {
  const std::string_view message = error.what();
  require(error.exit_status() == emu::kExitNotExecutable, "a file that is there is not executable");
  require(!message.empty() && message.size() < 1000, "a message is one sentence");
  require(std::none_of(message.begin(), message.end(), [](char c) { return c >= 0 && c < ' '; }),
          "a message is one printable line");
}

void look_up(const emu::ElfImage& image) {
  emu::Symbols symbols(image, 0);
  for (const emu::Segment& segment : image.segments) {
    require(!symbols.describe(segment.address).empty(), "every address can be described");
    require(!symbols.describe(segment.end() - 1).empty(), "every address can be described");
  }
  symbols.address_of("main");
}

// The guest must not reach the host's kernel while a fuzzer writes it: system calls become undefined.
void remove_system_calls(emu::Process& process) {
  emu::Memory& memory = process.memory();
  for (const emu::Segment& segment : process.image().segments) {
    const std::uint64_t begin = (segment.address + process.load_bias()) / 4 * 4;
    const std::uint64_t end = segment.address + process.load_bias() + segment.file_size;
    for (std::uint64_t pc = begin; pc < end; pc += 4) {
      std::uint32_t word = 0;
      if (!memory.read_value(pc, word) || insts::decode(word).op != insts::Op::kSVC) continue;
      word = 0;
      memory.write_any(pc, &word, sizeof(word));
    }
  }
}

struct CountingSink {
  static constexpr bool kLogs = true;
  void consume(const emu::RetiredBatch& batch) {
    for (std::size_t i = 0; i < batch.words.size();) {
      require(batch.words[i] < batch.blocks.size(), "a record begins with the id of a block");
      insts += batch.blocks[batch.words[i]]->inst_count;
      i += 1U + batch.blocks[batch.words[i]]->mem_count;
    }
  }
  void blocks_cleared() {}
  std::uint64_t insts = 0;
};

template <class S>
void run(const std::string& path, S& sink) {
  emu::ProcessOptions options;
  options.program = path;
  options.start_time = 0;
  options.diagnostics = [](std::string_view /*line*/) {};
  emu::Process process(options);
  remove_system_calls(process);
  emu::Emulator emulator(process);
  emulator.run(sink, kMostInsts);
  require(emulator.stats().insts <= kMostInsts, "no more instructions than allowed");
}

void test(const InputFile& file, const std::uint8_t* data, std::size_t size) {
  const std::string& path = file.put(data, size);
  const emu::ElfImage image = emu::read_elf(path);
  look_up(image);
  // An interpreter would be a file of the host, and what it does is not the input's.
  if (!image.interpreter.empty() || image.end() - image.begin() > kMostImage) return;
  emu::NoSink none;
  run(path, none);
  CountingSink counting;
  run(path, counting);
  require(counting.insts <= kMostInsts, "the log has no more than what retired");
}

}  // namespace
}  // namespace m2sim::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const m2sim::fuzz::InputFile kFile;
  try {
    m2sim::fuzz::test(kFile, data, size);
  } catch (const m2sim::emu::UserError& error) {
    m2sim::fuzz::check_message(error);
  }
  return 0;
}
