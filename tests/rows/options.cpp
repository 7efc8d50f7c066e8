#include "tests/rows/options.h"

#include <stdexcept>

namespace m2sim::rows {

Options::Options(int argc, char** argv) {
  for (int i = 1; i < argc; i += 2) {
    const auto option = values_.find(argv[i]);
    if (option == values_.end() || i + 1 == argc)
      throw std::runtime_error(std::string("what is ") + argv[i] + "?");
    option->second = argv[i + 1];
  }
}

Part Options::part() const {
  const std::string& part = text("--part");
  return {static_cast<unsigned>(std::stoul(part)),
          static_cast<unsigned>(std::stoul(part.substr(part.find('/') + 1)))};
}

Executor Options::reference() const { return {"qemu", "qemu-aarch64 -cpu max", read_file(text("--runner"))}; }

std::vector<Executor> Options::modes() const {
  const std::vector<std::byte> runner = read_file(text("--runner"));
  std::vector<Executor> modes;
  std::string list = text("--modes");
  while (!list.empty()) {
    const std::string mode = list.substr(0, list.find(','));
    modes.emplace_back(mode, "'" + text("--m2sim") + "' run --quiet --mode " + mode, runner);
    list.erase(0, mode.size() + 1);
  }
  return modes;
}

Words::Words(const std::string& name) {
  if (name.empty()) return;
  file_ = std::fopen(name.c_str(), "w");
  if (file_ == nullptr) throw std::runtime_error("cannot write " + name);
}
Words::~Words() {
  if (file_ != nullptr) std::fclose(file_);
}

void Words::add(const Case& test) {
  for (unsigned i = 0; file_ != nullptr && i < test.words; ++i)
    std::fprintf(file_, "%08x\n", test.before.code[i]);
}

}  // namespace m2sim::rows
