// Runs a fuzz target without libFuzzer, under any compiler: every file of the corpus once, then random
// changes of them for some seconds, the same ones in every run.
// usage: fuzz_<target>_replay CORPUS SECONDS
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "tests/fuzz/fuzz_target.h"

namespace {

using Input = std::vector<std::uint8_t>;

std::vector<Input> corpus(const char* folder) {
  std::vector<std::filesystem::path> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path());
  std::sort(names.begin(), names.end());
  std::vector<Input> inputs;
  for (const auto& name : names) {
    std::ifstream file(name, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

Input changed(const std::vector<Input>& inputs, std::mt19937_64& random) {
  Input input = inputs[random() % inputs.size()];
  const Input& other = inputs[random() % inputs.size()];
  if (input.empty() || other.empty()) return input;
  for (unsigned changes = 1 + static_cast<unsigned>(random() % 8); changes > 0; --changes) {
    const std::size_t at = random() % input.size();
    const auto offset = static_cast<std::ptrdiff_t>(at);
    switch (random() % 6) {
      case 0:
        input[at] = static_cast<std::uint8_t>(random());
        break;
      case 1:
        input[at] = static_cast<std::uint8_t>(input[at] ^ (1U << random() % 8));
        break;
      case 2:
        input[at] = random() % 2 == 0 ? 0xff : 0;
        break;
      case 3:
        input[at] = other[random() % other.size()];
        break;
      case 4:
        input.resize(at + 1);
        break;
      default:
        input.insert(
            input.begin() + offset, other.begin(),
            other.begin() + static_cast<std::ptrdiff_t>(random() % std::min<std::size_t>(other.size(), 64)));
        break;
    }
  }
  return input;
}

// What crashes must not be lost with the process.
void keep(const Input& input) {
  std::ofstream file("fuzz_last_input", std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s CORPUS SECONDS\n", argv[0]);
    return 2;
  }
  const std::vector<Input> inputs = corpus(argv[1]);
  if (inputs.empty()) {
    std::fprintf(stderr, "no files in %s\n", argv[1]);
    return 2;
  }
  for (const Input& input : inputs) {
    keep(input);
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::mt19937_64 random(1);
  std::size_t rounds = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(argv[2]));
  while (std::chrono::steady_clock::now() < end) {
    const Input input = changed(inputs, random);
    keep(input);
    LLVMFuzzerTestOneInput(input.data(), input.size());
    ++rounds;
  }
  std::printf("%zu files, %zu changed ones\n", inputs.size(), rounds);
  return 0;
}
