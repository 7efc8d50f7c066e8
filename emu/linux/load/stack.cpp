#include "emu/linux/load/stack.h"

#include <cstring>

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
  std::uint64_t at() const { return at_; }
  void align() { at_ &= ~(kStackAlign - 1); }

 private:
  std::uint64_t at_;
  Memory& memory_;
};

bool fits(const StackContents& contents, std::uint64_t most) {
  std::uint64_t sum = contents.execfn.size() + 1;
  for (const auto* texts : {&contents.argv, &contents.envp}) {
    for (const std::string& text : *texts) {
      if (text.size() + 1 > kStringMost) return false;
      sum += text.size() + 1 + sizeof(std::uint64_t);
    }
  }
  return sum <= most;
}

// Addresses of the strings, in their order.
std::vector<std::uint64_t> push_all(const std::vector<std::string>& texts, Downward& stack) {
  std::vector<std::uint64_t> addresses(texts.size());
  for (std::size_t i = texts.size(); i-- > 0;) addresses[i] = stack.push(texts[i]);
  return addresses;
}

}  // namespace

std::optional<StackLayout> write_stack(const StackContents& contents, std::uint64_t top, std::uint64_t most,
                                       Memory& memory) {
  if (!fits(contents, most)) return std::nullopt;
  StackLayout layout{};
  Downward stack(top, memory);
  const std::uint64_t zero = 0;
  stack.push(&zero, sizeof(zero));  // Linux leaves a null word at the very top
  const std::uint64_t execfn = layout.environment_end = stack.push(contents.execfn);
  const std::vector<std::uint64_t> environment = push_all(contents.envp, stack);
  layout.arguments_end = layout.environment_begin = stack.at();
  const std::vector<std::uint64_t> arguments = push_all(contents.argv, stack);
  layout.arguments_begin = stack.at();

  std::vector<std::uint64_t> words = {contents.argv.size()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  words.push_back(0);
  words.insert(words.end(), environment.begin(), environment.end());
  words.push_back(0);
  const std::uint64_t platform = stack.push(std::string("aarch64"));
  stack.align();
  const std::uint64_t random = stack.push(contents.random, sizeof(contents.random));
  std::vector<AuxEntry> auxv = contents.auxv;
  auxv.push_back({Aux::kRandom, random});
  auxv.push_back({Aux::kExecfn, execfn});
  auxv.push_back({Aux::kPlatform, platform});
  auxv.push_back({Aux::kNull, 0});
  layout.auxv.resize(auxv.size() * sizeof(AuxEntry));
  std::memcpy(layout.auxv.data(), auxv.data(), layout.auxv.size());
  for (const AuxEntry& entry : auxv) {
    words.push_back(static_cast<std::uint64_t>(entry.tag));
    words.push_back(entry.value);
  }
  // `random` is aligned, so an even number of words keeps the stack pointer aligned.
  if (words.size() % 2 != 0) words.push_back(0);
  layout.stack_pointer = stack.push(words.data(), words.size() * sizeof(std::uint64_t));
  return layout;
}

}  // namespace m2sim::emu
