#include "emu/process_stack.h"

#include <cstring>

#include "emu/user_error.h"

namespace m2sim::emu {

namespace {

constexpr std::uint64_t kStackAlign = 16;  // AAPCS64: sp is a multiple of 16

class Downward {
 public:
  Downward(std::uint64_t top, Memory& memory) : at_(top), memory_(memory) {}

  std::uint64_t push(const void* data, std::uint64_t size) {
    at_ -= size;
    memory_.write_any(at_, data, size);
    return at_;
  }
  std::uint64_t push(const std::string& text) { return push(text.c_str(), text.size() + 1); }
  void align() { at_ &= ~(kStackAlign - 1); }

 private:
  std::uint64_t at_;
  Memory& memory_;
};

std::uint64_t bytes_of(const std::vector<std::string>& texts) {
  std::uint64_t sum = 0;
  for (const std::string& text : texts) sum += text.size() + 1 + sizeof(std::uint64_t);
  return sum;
}

}  // namespace

std::uint64_t write_stack(const StackContents& contents, std::uint64_t top, std::uint64_t most,
                          Memory& memory) {
  if (bytes_of(contents.argv) + bytes_of(contents.envp) > most) {
    throw UserError("arguments and environment take more than " + std::to_string(most) + " bytes",
                    kExitNotExecutable);
  }
  Downward stack(top, memory);
  const std::uint64_t zero = 0;
  stack.push(&zero, sizeof(zero));  // Linux leaves a null word at the very top
  const std::uint64_t execfn = stack.push(contents.execfn);
  std::vector<std::uint64_t> words = {contents.argv.size()};
  std::vector<std::uint64_t> environment;
  for (auto it = contents.envp.rbegin(); it != contents.envp.rend(); ++it) {
    environment.push_back(stack.push(*it));
  }
  std::vector<std::uint64_t> arguments;
  for (auto it = contents.argv.rbegin(); it != contents.argv.rend(); ++it) {
    arguments.push_back(stack.push(*it));
  }
  words.insert(words.end(), arguments.rbegin(), arguments.rend());
  words.push_back(0);
  words.insert(words.end(), environment.rbegin(), environment.rend());
  words.push_back(0);
  const std::uint64_t platform = stack.push(std::string("aarch64"));
  stack.align();
  const std::uint64_t random = stack.push(contents.random, sizeof(contents.random));
  std::vector<AuxEntry> auxv = contents.auxv;
  auxv.push_back({Aux::kRandom, random});
  auxv.push_back({Aux::kExecfn, execfn});
  auxv.push_back({Aux::kPlatform, platform});
  auxv.push_back({Aux::kNull, 0});
  for (const AuxEntry& entry : auxv) {
    words.push_back(static_cast<std::uint64_t>(entry.tag));
    words.push_back(entry.value);
  }
  // `random` is aligned, so an even number of words keeps the stack pointer aligned.
  if (words.size() % 2 != 0) words.push_back(0);
  return stack.push(words.data(), words.size() * sizeof(std::uint64_t));
}

}  // namespace m2sim::emu
